import KubernetesObjects

/// The structures of the built-in kinds, by name.
struct ShapeLibrary: Sendable {
    /// Where a table cannot be read.
    struct Failure: Error, Hashable { var message: String }

    private(set) var shapes: [String: Shape] = [:]

    /// What the lab serves. A table with a mistake loses its structures; a test keeps the tables free of these.
    static let builtIn: ShapeLibrary = {
        var library = ShapeLibrary()
        for table in ShapeTables.all { try? library.read(table) }
        return library
    }()

    init() {}

    subscript(_ name: String) -> Shape? { shapes[name] }

    /// Adds the structures of a table (notation: `ShapeTables`).
    mutating func read(_ table: String) throws(Failure) {
        var name: Substring?
        var fields: [Shape.Field] = []
        for line in table.split(separator: "\n") {
            if line.first == " " {
                guard name != nil else { throw Failure(message: "fields before a structure: \(line)") }
                for word in line.split(separator: " ") { fields.append(try ShapeReader.field(word)) }
            } else {
                add(name, fields)
                name = line
                fields = []
            }
        }
        add(name, fields)
    }

    private mutating func add(_ name: Substring?, _ fields: [Shape.Field]) {
        guard let name else { return }
        let isAtomic = name.last == "!"
        let text = String(isAtomic ? name.dropLast() : name)
        shapes[text] = Shape(name: text, isAtomic: isAtomic, fields: fields)
    }
}

/// Reads one `name:type` of a table.
private struct ShapeReader {
    private var rest: Substring
    private let word: Substring

    static func field(_ word: Substring) throws(ShapeLibrary.Failure) -> Shape.Field {
        guard let colon = word.firstIndex(of: ":") else {
            throw ShapeLibrary.Failure(message: "expected name:type: \(word)")
        }
        var reader = ShapeReader(rest: word[word.index(after: colon)...], word: word)
        let type = try reader.type()
        let isAtomic = reader.take("!")
        let retainsKeys = reader.take("^")
        let isPointer = reader.take("*")
        let isAlwaysWritten = reader.take("=")
        guard reader.rest.isEmpty else { throw reader.failure("unexpected \(reader.rest)") }
        var pointer = isPointer
        // Structures, lists, maps and raw values tell absence from emptiness by themselves.
        if case .structure = type { pointer = isPointer || !isAlwaysWritten }
        return Shape.Field(
            name: String(word[..<colon]), type: type, isPointer: pointer, isAlwaysWritten: isAlwaysWritten,
            isAtomic: isAtomic, retainsKeys: retainsKeys)
    }

    private init(rest: Substring, word: Substring) {
        self.rest = rest
        self.word = word
    }

    private func failure(_ message: String) -> ShapeLibrary.Failure {
        ShapeLibrary.Failure(message: "\(word): \(message)")
    }

    private mutating func take(_ mark: Character) -> Bool {
        guard rest.first == mark else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func type() throws(ShapeLibrary.Failure) -> ShapeType {
        if take("{") {
            let value = try type()
            guard take("}") else { throw failure("expected }") }
            return .map(value, isAtomic: take("!"))
        }
        if take("[") {
            let element = try type()
            guard take("]") else { throw failure("expected ]") }
            var list = FieldSchema.List()
            if take("#") { list.topology = topology() }
            if take("+") {
                list.patchMerges = true
                let key = name()
                list.patchMergeKey = key.isEmpty ? nil : key
            }
            return .list(element, list, retainsKeys: take("^"))
        }
        let isLoose = take("~")
        let name = name()
        guard !name.isEmpty else { throw failure("expected a type") }
        if isLoose { return .loose(name) }
        return Self.scalars[name] ?? .structure(name)
    }

    private mutating func topology() -> FieldSchema.List.Topology {
        var keys: [FieldSchema.List.Key] = []
        repeat {
            let key = name()
            if key.isEmpty { break }
            keys.append(.init(key, default: take("~") ? .string(name()) : nil))
        } while take(",")
        return keys.isEmpty ? .set : .map(keys: keys)
    }

    private mutating func name() -> String {
        let text = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }
        rest = rest[text.endIndex...]
        return String(text)
    }

    private static let scalars: [String: ShapeType] = [
        "string": .string, "bool": .bool, "int32": .int32, "int64": .int64, "double": .double, "quantity": .quantity,
        "intOrString": .intOrString, "time": .time, "microtime": .microTime, "bytes": .bytes, "any": .any,
    ]
}
