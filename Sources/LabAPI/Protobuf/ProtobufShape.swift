/// The fields of one message of Kubernetes' protobuf, by number, with the names they have in JSON.
///
/// Tables are written as in a `.proto` file, shortened: `1 name string; 2 data {string}; 3 rules [PolicyRule]`.
/// `?` marks a pointer: there, a zero is a value, elsewhere JSON leaves it out.
struct ProtobufShape: Sendable {
    indirect enum Kind: Sendable, Hashable {
        case string, bytes, int, bool
        /// RFC 3339 in JSON.
        case time
        /// A number or a text.
        case intOrString
        case message(String)
        case list(Kind)
        /// By string.
        case map(Kind)
    }

    struct Field: Sendable, Hashable {
        var name: String
        var kind: Kind
        var isPointer: Bool
    }

    let name: String
    let fields: [Int: Field]

    init(_ name: String, _ table: String) {
        self.name = name
        var fields: [Int: Field] = [:]
        for entry in table.split(separator: ";") {
            let words = entry.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, let number = Int(words[0]) else { continue }
            fields[number] = Field(
                name: String(words[1]), kind: Self.kind(words[2].prefix { $0 != "?" }),
                isPointer: words[2].hasSuffix("?"))
        }
        self.fields = fields
    }

    private static func kind(_ word: Substring) -> Kind {
        if word.hasPrefix("[") { return .list(kind(word.dropFirst().dropLast())) }
        if word.hasPrefix("{") { return .map(kind(word.dropFirst().dropLast())) }
        switch word {
        case "string": return .string
        case "bytes": return .bytes
        case "int": return .int
        case "bool": return .bool
        case "Time": return .time
        case "IntOrString": return .intOrString
        default: return .message(String(word))
        }
    }
}
