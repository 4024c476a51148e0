import KubernetesObjects

/// What sets one built-in kind apart from the others; everything has the answer of a kind that is only stored.
protocol KindRules: Sendable {
    var nameRule: NameRule { get }
    /// True for kinds whose `metadata.generation` counts the changes of `spec`.
    var hasGeneration: Bool { get }
    var keepsStatusOnCreate: Bool { get }
    var deletionReturnsObject: Bool { get }

    /// Sets what Kubernetes' `SetDefaults_…` sets: part of decoding, so the writer owns it.
    func setDefaults(_ object: inout JSONValue)
    /// Changes what the client has no say in, before validation; `old` is nil for a new object.
    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext)
    /// What is wrong with an object; `old` is nil for a new one.
    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause]
    /// Takes what only one object can have, after validation. The refusal is complete.
    func allocate(_ object: inout JSONValue, old: JSONValue?, context: inout KindContext) throws(APIStatus)
    func reservations(of object: JSONValue) -> [Reservation]
    func selectableFields(of object: JSONValue) -> [String: String]
    var columns: [TableColumn] { get }
    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue]
}

extension KindRules {
    var nameRule: NameRule { .dns1123Subdomain }
    var hasGeneration: Bool { false }
    var keepsStatusOnCreate: Bool { false }
    var deletionReturnsObject: Bool { false }
    func setDefaults(_ object: inout JSONValue) {}
    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext) {}
    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] { [] }
    func allocate(_ object: inout JSONValue, old: JSONValue?, context: inout KindContext) throws(APIStatus) {}
    func reservations(of object: JSONValue) -> [Reservation] { [] }
    func selectableFields(of object: JSONValue) -> [String: String] { [:] }
    var columns: [TableColumn] { [.name, .age] }
    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        [.string(object.metadataText("name")), .age(of: object, at: now)]
    }
}

/// A kind that is stored without being looked into.
struct PlainRules: KindRules {
    var nameRule = NameRule.dns1123Subdomain
    var hasGeneration = false
}
