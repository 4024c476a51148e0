import FoundationEssentials
import KubernetesObjects

extension JSONValue {
    /// What a daemon printed.
    init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    subscript(index: Int) -> JSONValue? { elements.indices.contains(index) ? elements[index] : nil }

    var elements: [JSONValue] { arrayValue ?? [] }
    var members: [String: JSONValue] { objectValue ?? [:] }
    var number: Int? { intValue.map { Int($0) } }
}
