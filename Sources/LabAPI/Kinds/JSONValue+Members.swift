import KubernetesObjects

extension JSONValue {
    /// A member's text; empty where there is none.
    func text(_ member: String) -> String { self[member]?.stringValue ?? "" }

    /// A member's elements; none where there is no list.
    func elements(_ member: String) -> [JSONValue] { self[member]?.arrayValue ?? [] }

    /// A member's integer; 0 where there is none, as Go reads it.
    func number(_ member: String) -> Int64 { self[member]?.intValue ?? 0 }

    /// A member's map of texts.
    func texts(_ member: String) -> [String: String] {
        (self[member]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    /// A member's list of texts.
    func textList(_ member: String) -> [String] { elements(member).compactMap(\.stringValue) }

    /// Changes a member that is an object, making it one.
    mutating func change(_ member: String, _ body: (inout JSONValue) -> Void) {
        var value = self[member] ?? [:]
        body(&value)
        self[member] = value
    }

    /// Changes every element of a list, if there is one.
    mutating func changeElements(_ member: String, _ body: (inout JSONValue) -> Void) {
        guard var elements = self[member]?.arrayValue else { return }
        for index in elements.indices { body(&elements[index]) }
        self[member] = .array(elements)
    }

    /// Sets a member that has no value, or an empty one.
    mutating func setDefault(_ member: String, _ value: JSONValue) {
        switch self[member] {
        case nil, .null, .string(""): self[member] = value
        default: return
        }
    }
}
