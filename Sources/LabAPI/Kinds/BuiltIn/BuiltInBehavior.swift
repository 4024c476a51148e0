import KubernetesObjects

/// A kind that the API has by itself: its shape and its rules.
struct BuiltInBehavior: KindBehavior {
    private let group: String
    private let version: String
    private let kind: String
    /// The structure's name in the library.
    private let shape: String
    private let rules: any KindRules
    let schema: FieldSchema
    let emptyObject: JSONValue

    init(group: String, version: String, kind: String, shape: String, rules: any KindRules) {
        self.group = group
        self.version = version
        self.kind = kind
        self.shape = shape
        self.rules = rules
        schema = ShapeLibrary.builtIn.schema(shape)
        var empty = (try? ShapeDecoder().decode([:], as: shape)) ?? [:]
        empty["metadata"] = nil
        emptyObject = empty
    }

    var deletionReturnsObject: Bool { rules.deletionReturnsObject }
    var keepsStatusOnCreate: Bool { rules.keepsStatusOnCreate }
    var columns: [TableColumn] { rules.columns }

    func unknownFields(_ object: JSONValue) -> [String] { ShapeDecoder().unknownFields(object, as: shape) }

    func normalize(_ object: inout JSONValue) throws(APIStatus) {
        do {
            object = try ShapeDecoder().decode(object, as: shape)
        } catch {
            throw .badRequest("\(kind) in version \"\(version)\" cannot be handled as a \(kind): \(error.message)")
        }
        rules.setDefaults(&object)
    }

    func prepareForCreate(_ object: inout JSONValue, context: inout KindContext) throws(APIStatus) {
        // What defaults say about absent parts; the pipeline may have taken a status away.
        for (member, value) in emptyObject.objectValue ?? [:] where object[member] == nil { object[member] = value }
        object.changeMetadata { $0["generation"] = rules.hasGeneration ? 1 : nil }
        rules.prepare(&object, old: nil, subresource: nil, context: &context)
        try refuse(
            MetadataRule.problems(in: object, names: rules.nameRule)
                + rules.problems(in: object, old: nil, subresource: nil), object)
        try rules.allocate(&object, old: nil, context: &context)
    }

    func prepareForUpdate(
        _ new: inout JSONValue, old: JSONValue, subresource: String?, context: inout KindContext
    ) throws(APIStatus) {
        for (member, value) in emptyObject.objectValue ?? [:] where new[member] == nil { new[member] = value }
        rules.prepare(&new, old: old, subresource: subresource, context: &context)
        if rules.hasGeneration, subresource == nil || subresource == "scale" {
            let generation = old["metadata"]?.number("generation") ?? 0
            let isChanged = new["spec"] != old["spec"]
            new.changeMetadata { $0["generation"] = .int(isChanged ? generation + 1 : max(generation, 1)) }
        }
        try refuse(
            MetadataRule.problems(in: new, names: rules.nameRule)
                + rules.problems(in: new, old: old, subresource: subresource), new)
        if subresource == nil { try rules.allocate(&new, old: old, context: &context) }
    }

    private func refuse(_ causes: [APIStatus.Cause], _ object: JSONValue) throws(APIStatus) {
        guard !causes.isEmpty else { return }
        throw .invalid(group: group, kind: kind, name: object.metadataText("name"), causes: causes)
    }

    func reservations(of object: JSONValue) -> [Reservation] { rules.reservations(of: object) }
    func selectableFields(of object: JSONValue) -> [String: String] { rules.selectableFields(of: object) }
    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] { rules.cells(of: object, at: now) }
}
