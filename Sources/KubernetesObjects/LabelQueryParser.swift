/// Reads `LabelQuery`'s text: the grammar of `k8s.io/apimachinery/pkg/labels`.
struct LabelQueryParser {
    typealias Failure = LabelQuery.Unreadable

    private enum Token: Equatable {
        case word(String)
        case symbol(String)
        case end

        var shown: String {
            switch self {
            case .word(let text), .symbol(let text): text
            case .end: ""
            }
        }
    }

    private var tokens: [Token]
    private var position = 0

    init(_ text: String) { tokens = Self.tokens(text) }

    mutating func requirements() throws(Failure) -> [LabelQuery.Requirement] {
        if next == .end { return [] }
        var found: [LabelQuery.Requirement] = []
        while true {
            found.append(try requirement())
            switch take() {
            case .end: return found
            case .symbol(","):
                if next == .end { throw Failure(message: "found '', expected: identifier after ','") }
            case let other: throw Failure(message: "found '\(other.shown)', expected: ',' or 'end of string'")
            }
        }
    }

    private mutating func requirement() throws(Failure) -> LabelQuery.Requirement {
        if next == .symbol("!") {
            _ = take()
            return .absent(key: try key())
        }
        let key = try key()
        switch next {
        case .end, .symbol(","): return .present(key: key)
        case .symbol("="), .symbol("=="):
            _ = take()
            return .anyOf(key: key, values: [try value()])
        case .symbol("!="):
            _ = take()
            return .noneOf(key: key, values: [try value()])
        case .symbol(">"):
            _ = take()
            return .above(key: key, bound: try bound())
        case .symbol("<"):
            _ = take()
            return .below(key: key, bound: try bound())
        case .word("in"):
            _ = take()
            return .anyOf(key: key, values: try values())
        case .word("notin"):
            _ = take()
            return .noneOf(key: key, values: try values())
        case let other:
            throw Failure(
                message: "found '\(other.shown)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func key() throws(Failure) -> String {
        guard case .word(let key) = take() else {
            throw Failure(message: "found '\(tokens[max(0, position - 1)].shown)', expected: identifier")
        }
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ LabelShape.isQualifiedPart($0) }) else {
            throw Failure(
                message:
                    "<nil>: Invalid value: \"\(key)\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        }
        return key
    }

    /// The word after an operator; nothing there means the empty value.
    private mutating func value() throws(Failure) -> String {
        guard case .word(let text) = next else { return "" }
        _ = take()
        guard LabelShape.isValue(text) else {
            throw Failure(
                message:
                    "values[0][\(text)]: Invalid value: \"\(text)\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            )
        }
        return text
    }

    private mutating func bound() throws(Failure) -> Int64 {
        let text = try value()
        guard let bound = Int64(text) else {
            throw Failure(
                message: "values[0]: Invalid value: \"\(text)\": for 'Gt', 'Lt' operators, the value must be an integer"
            )
        }
        return bound
    }

    private mutating func values() throws(Failure) -> Set<String> {
        guard take() == .symbol("(") else {
            throw Failure(message: "found '\(tokens[max(0, position - 1)].shown)' expected: '('")
        }
        var values: Set<String> = []
        while true {
            values.insert(try value())
            switch take() {
            case .symbol(","): continue
            case .symbol(")"): return values
            case let other: throw Failure(message: "found '\(other.shown)', expected: ',' or ')'")
            }
        }
    }

    private var next: Token { tokens[position] }

    /// The next token; the last one, `end`, is never passed.
    private mutating func take() -> Token {
        defer { if position < tokens.count - 1 { position += 1 } }
        return tokens[position]
    }

    private static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        var word = ""
        var rest = Substring(text)
        func isSymbol(_ character: Character) -> Bool { "=!<>,()".contains(character) }
        while let character = rest.popFirst() {
            if isSymbol(character) || character.isWhitespace {
                if !word.isEmpty { tokens.append(.word(word)) }
                word = ""
                if character.isWhitespace { continue }
                if "=!".contains(character), rest.first == "=" {
                    rest.removeFirst()
                    tokens.append(.symbol("\(character)="))
                } else {
                    tokens.append(.symbol(String(character)))
                }
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { tokens.append(.word(word)) }
        return tokens + [.end]
    }
}
