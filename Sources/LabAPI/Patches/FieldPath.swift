package import KubernetesObjects

/// One step of the path to a field (`fieldpath.PathElement`).
package enum FieldPathElement: Sendable, Hashable {
    case field(String)
    /// An element of a list that is keyed by these fields.
    case key([String: JSONValue])
    /// An element of a set.
    case value(JSONValue)
    case index(Int)

    /// As in `fieldsV1`: `f:spec`, `k:{"port":80,"protocol":"TCP"}`, `v:"a"`, `i:0`.
    var text: String {
        switch self {
        case .field(let name): "f:\(name)"
        case .key(let fields): "k:\(JSONWriter.text(.object(fields)))"
        case .value(let value): "v:\(JSONWriter.text(value))"
        case .index(let index): "i:\(index)"
        }
    }

    /// Reads the text form; nil for anything else.
    init?(_ text: String) {
        let rest = text.dropFirst(2)
        switch text.prefix(2) {
        case "f:": self = .field(String(rest))
        case "k:":
            guard let fields = try? JSONReader.read(Array(rest.utf8)).value.objectValue else { return nil }
            self = .key(fields)
        case "v:":
            guard let value = try? JSONReader.read(Array(rest.utf8)).value else { return nil }
            self = .value(value)
        case "i:":
            guard let index = Int(rest) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    /// As in messages: `.spec`, `[port=80,protocol="TCP"]`, `[="a"]`, `[0]`.
    var shown: String {
        switch self {
        case .field(let name): ".\(name)"
        case .key(let fields):
            "["
                + fields.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSONWriter.text($0.value))" }.joined(
                    separator: ",")
                + "]"
        case .value(let value): "[=\(JSONWriter.text(value))]"
        case .index(let index): "[\(index)]"
        }
    }
}

extension FieldSchema.List {
    /// How an element of a list is found again; nil where it cannot be: an atomic list, an element without its keys.
    func pathElement(of element: JSONValue) -> FieldPathElement? {
        switch topology {
        case .atomic: return nil
        case .set: return .value(element)
        case .map(let keys):
            var identity: [String: JSONValue] = [:]
            for key in keys { identity[key.name] = element[key.name] ?? key.defaultValue }
            return identity.isEmpty ? nil : .key(identity)
        }
    }
}
