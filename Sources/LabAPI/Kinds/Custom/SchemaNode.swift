import KubernetesObjects

/// One node of a custom resource's structural schema (`apiextensions.k8s.io/v1 JSONSchemaProps`).
///
/// `x-kubernetes-validations` (CEL) is stored with the definition and not evaluated: the lab has no CEL.
struct SchemaNode: Sendable, Hashable {
    /// What an object may have beside its `properties`.
    indirect enum Additional: Sendable, Hashable {
        case unsaid
        case forbidden
        case anything
        case values(SchemaNode)
    }

    /// Bounds of a number.
    struct Bound: Sendable, Hashable {
        var value: JSONValue
        var isExclusive: Bool
    }

    /// Minimum and maximum of a length or count.
    struct Count: Sendable, Hashable {
        var minimum: Int64?
        var maximum: Int64?
    }

    /// Alternatives and their kin; they restrict and declare nothing.
    struct Combination: Sendable, Hashable {
        var all: [SchemaNode] = []
        var any: [SchemaNode] = []
        var one: [SchemaNode] = []
        /// At most one.
        var not: [SchemaNode] = []
    }

    /// Empty where a combination says more.
    var type = ""
    var format = ""
    var isNullable = false
    var properties: [String: SchemaNode] = [:]
    var additional = Additional.unsaid
    /// At most one.
    var items: [SchemaNode] = []
    var required: [String] = []
    var choices: [JSONValue]?
    var minimum: Bound?
    var maximum: Bound?
    var multipleOf: JSONValue?
    var lengths = Count()
    var counts = Count()
    var propertyCounts = Count()
    var pattern = ""
    var defaultValue: JSONValue?
    var preservesUnknown = false
    var isIntOrString = false
    var isEmbeddedResource = false
    /// `atomic`, `set`, `map` or empty.
    var listType = ""
    var listMapKeys: [String] = []
    var isAtomicMap = false
    var combination = Combination()

    /// Reads a schema as a definition has it.
    init(_ json: JSONValue) {
        type = json.text("type")
        format = json.text("format")
        isNullable = json["nullable"] == true
        properties = (json["properties"]?.objectValue ?? [:]).mapValues(SchemaNode.init)
        switch json["additionalProperties"] {
        case nil, .null: additional = .unsaid
        case .bool(let allowed): additional = allowed ? .anything : .forbidden
        case let schema?: additional = .values(SchemaNode(schema))
        }
        if let inner = json["items"], case .object = inner { items = [SchemaNode(inner)] }
        required = json.textList("required")
        choices = json["enum"]?.arrayValue
        minimum = json["minimum"].map { Bound(value: $0, isExclusive: json["exclusiveMinimum"] == true) }
        maximum = json["maximum"].map { Bound(value: $0, isExclusive: json["exclusiveMaximum"] == true) }
        multipleOf = json["multipleOf"]
        lengths = Count(minimum: json["minLength"]?.intValue, maximum: json["maxLength"]?.intValue)
        counts = Count(minimum: json["minItems"]?.intValue, maximum: json["maxItems"]?.intValue)
        propertyCounts = Count(minimum: json["minProperties"]?.intValue, maximum: json["maxProperties"]?.intValue)
        pattern = json.text("pattern")
        defaultValue = json["default"] == .null ? nil : json["default"]
        preservesUnknown = json["x-kubernetes-preserve-unknown-fields"] == true
        isIntOrString = json["x-kubernetes-int-or-string"] == true
        isEmbeddedResource = json["x-kubernetes-embedded-resource"] == true
        listType = json.text("x-kubernetes-list-type")
        listMapKeys = json.textList("x-kubernetes-list-map-keys")
        isAtomicMap = json.text("x-kubernetes-map-type") == "atomic"
        combination = Combination(
            all: json.elements("allOf").map(SchemaNode.init), any: json.elements("anyOf").map(SchemaNode.init),
            one: json.elements("oneOf").map(SchemaNode.init),
            not: json["not"].map { [SchemaNode($0)] } ?? [])
    }

    /// The schema of the members that `properties` does not name; nil where these are unknown.
    func member(_ name: String) -> SchemaNode? {
        if let node = properties[name] { return node }
        if case .values(let node) = additional { return node }
        return nil
    }

    /// True where members that are not named stay.
    var keepsOthers: Bool {
        if preservesUnknown { return true }
        if case .anything = additional { return true }
        return false
    }
}
