import KubernetesObjects

/// What Go's decoder and encoder make of an object: types are checked, unknown members dropped, null read as absence,
/// and what `omitempty` leaves out is left out.
struct ShapeDecoder: Sendable {
    /// In the words of Go's decoder: `json: cannot unmarshal string into Go struct field …`.
    struct Failure: Error, Hashable { var message: String }

    private let library: ShapeLibrary

    init(library: ShapeLibrary = .builtIn) { self.library = library }

    func decode(_ value: JSONValue, as name: String) throws(Failure) -> JSONValue {
        try structure(value, name, Place(structure: name, path: []))
    }

    /// Where a value stands, for messages.
    private struct Place {
        var structure: String
        var path: [String]

        func failure(_ value: JSONValue, _ type: String) -> Failure {
            let found =
                switch value {
                case .null: "null"
                case .bool: "bool"
                case .int(let number): type.hasPrefix("int") ? "number \(number)" : "number"
                case .double(let number): type.hasPrefix("int") ? "number \(number)" : "number"
                case .string: "string"
                case .array: "array"
                case .object: "object"
                }
            let target =
                path.isEmpty ? "value" : "struct field \(structure).\(path.joined(separator: "."))"
            return Failure(message: "json: cannot unmarshal \(found) into Go \(target) of type \(type)")
        }
    }

    private func structure(_ value: JSONValue, _ name: String, _ place: Place) throws(Failure) -> JSONValue {
        guard let shape = library[name] else { return value }
        guard case .object(let members) = value else { throw place.failure(value, "v1.\(name)") }
        var result: [String: JSONValue] = [:]
        for field in shape.fields {
            let raw = members[field.name] ?? .null
            if raw == .null {
                if field.isAlwaysWritten { result[field.name] = try zero(field) }
                continue
            }
            let inner = Place(structure: name, path: place.path + [field.name])
            let decoded = try self.decode(raw, field.type, inner)
            if !field.isAlwaysWritten, !field.isPointer, Self.isZero(decoded, field.type) { continue }
            result[field.name] = decoded
        }
        return .object(result)
    }

    /// What a field without `omitempty` is written as when it was never set.
    private func zero(_ field: Shape.Field) throws(Failure) -> JSONValue {
        if field.isPointer { return .null }
        switch field.type {
        case .string: return ""
        case .bool: return false
        case .int32, .int64, .double, .intOrString: return 0
        case .quantity: return "0"
        case .structure(let name): return try structure([:], name, Place(structure: name, path: []))
        case .time, .microTime, .bytes, .any, .loose, .map, .list: return .null
        }
    }

    private static func isZero(_ value: JSONValue, _ type: ShapeType) -> Bool {
        switch (type, value) {
        case (.loose, _), (.any, _), (.structure, _), (.intOrString, _), (.quantity, _): false
        case (_, .string(let text)): text.isEmpty
        case (_, .int(let number)): number == 0
        case (_, .double(let number)): number == 0
        case (_, .bool(let truth)): !truth
        case (_, .array(let elements)): elements.isEmpty
        case (_, .object(let members)): members.isEmpty
        case (_, .null): true
        }
    }

    private func decode(_ value: JSONValue, _ type: ShapeType, _ place: Place) throws(Failure) -> JSONValue {
        switch type {
        case .any: return value
        case .structure(let name): return try structure(value, name, place)
        case .loose(let name):
            switch value {
            case .object: return try structure(value, name, place)
            case .array(let elements):
                return .array(
                    try elements.map { (element) throws(Failure) in
                        if case .object = element { try structure(element, name, place) } else { element }
                    })
            case .null, .bool, .int, .double, .string: return value
            }
        case .map(let inner, _):
            guard case .object(let members) = value else {
                throw place.failure(value, "map[string]\(Self.goName(inner))")
            }
            var decoded: [String: JSONValue] = [:]
            for (key, member) in members { decoded[key] = try decodeElement(member, inner, place) }
            return .object(decoded)
        case .list(let inner, _, _):
            guard case .array(let elements) = value else { throw place.failure(value, "[]\(Self.goName(inner))") }
            return .array(
                try elements.map { (element) throws(Failure) in try decodeElement(element, inner, place) })
        case .string, .bool, .int32, .int64, .double, .quantity, .intOrString, .time, .microTime, .bytes:
            return try scalar(value, type, place)
        }
    }

    /// Null in a list or map is the zero value.
    private func decodeElement(_ value: JSONValue, _ type: ShapeType, _ place: Place) throws(Failure) -> JSONValue {
        guard value == .null else { return try decode(value, type, place) }
        return try zero(
            .init(
                name: "", type: type, isPointer: false, isAlwaysWritten: true, isAtomic: false, retainsKeys: false))
    }

    private func scalar(_ value: JSONValue, _ type: ShapeType, _ place: Place) throws(Failure) -> JSONValue {
        switch (type, value) {
        case (.string, .string), (.bool, .bool), (.int64, .int), (.double, .int), (.double, .double),
            (.intOrString, .string), (.quantity, .string):
            return value
        case (.int32, .int(let number)) where Int32(exactly: number) != nil: return value
        case (.intOrString, .int(let number)) where Int32(exactly: number) != nil: return value
        case (.int32, .double(let number)), (.int64, .double(let number)), (.intOrString, .double(let number)):
            // Go's decoder reads no fraction into an integer, not even 3.0.
            throw place.failure(.double(number), Self.goName(type))
        case (.quantity, .int), (.quantity, .double): return .string(JSONWriter.text(value))
        case (.time, .string(let text)):
            guard let time = Timestamp(text) else { throw Self.badTime(text, "2006-01-02T15:04:05Z07:00") }
            return .string(time.text)
        case (.microTime, .string(let text)):
            guard let time = Timestamp(text) else { throw Self.badTime(text, "2006-01-02T15:04:05.000000Z07:00") }
            return .string(time.microText)
        case (.bytes, .string(let text)):
            if let offset = Base64.firstMistake(in: text) {
                throw Failure(message: "illegal base64 data at input byte \(offset)")
            }
            return value
        default: throw place.failure(value, Self.goName(type))
        }
    }

    private static func badTime(_ text: String, _ layout: String) -> Failure {
        Failure(message: "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(text)\" as \"2006\"")
    }

    private static func goName(_ type: ShapeType) -> String {
        switch type {
        case .string: "string"
        case .bool: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .double: "float64"
        case .quantity: "resource.Quantity"
        case .intOrString: "int32"
        case .time: "v1.Time"
        case .microTime: "v1.MicroTime"
        case .bytes: "[]uint8"
        case .any: "interface {}"
        case .structure(let name), .loose(let name): "v1.\(name)"
        case .map(let value, _): "map[string]\(goName(value))"
        case .list(let element, _, _): "[]\(goName(element))"
        }
    }
}

extension ShapeDecoder {
    /// The dotted names of the members that the structure does not have, sorted.
    func unknownFields(_ value: JSONValue, as name: String) -> [String] {
        var found: [String] = []
        collect(value, .structure(name), "", &found)
        return found
    }

    private func collect(_ value: JSONValue, _ type: ShapeType, _ path: String, _ found: inout [String]) {
        switch (type, value) {
        case (.structure(let name), .object(let members)), (.loose(let name), .object(let members)):
            guard let shape = library[name] else { return }
            for key in members.keys.sorted() {
                let place = path.isEmpty ? key : "\(path).\(key)"
                if let field = shape.field(key), let member = members[key] {
                    collect(member, field.type, place, &found)
                } else {
                    found.append(place)
                }
            }
        case (.map(let inner, _), .object(let members)):
            for key in members.keys.sorted() { collect(members[key] ?? .null, inner, "\(path).\(key)", &found) }
        case (.list(let inner, _, _), .array(let elements)):
            for (index, element) in elements.enumerated() { collect(element, inner, "\(path)[\(index)]", &found) }
        case (.loose, .array(let elements)):
            for (index, element) in elements.enumerated() { collect(element, type, "\(path)[\(index)]", &found) }
        default: return
        }
    }
}
