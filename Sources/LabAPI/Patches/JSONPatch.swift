package import KubernetesObjects

/// A JSON patch (RFC 6902): operations in order, all or nothing.
package struct JSONPatch: Sendable, Hashable {
    /// One operation (RFC 6902 section 4).
    package enum Operation: Sendable, Hashable {
        case add(path: JSONPointer, value: JSONValue)
        case remove(path: JSONPointer)
        case replace(path: JSONPointer, value: JSONValue)
        case move(from: JSONPointer, path: JSONPointer)
        case copy(from: JSONPointer, path: JSONPointer)
        case test(path: JSONPointer, value: JSONValue)
    }

    /// Why a patch cannot be read or does not fit the document.
    package struct Failure: Error, Hashable {
        package var message: String
    }

    package var operations: [Operation]

    package init(operations: [Operation]) { self.operations = operations }

    /// Reads a patch document.
    package init(reading document: JSONValue) throws(Failure) {
        guard let items = document.arrayValue else {
            throw Failure(message: "json: cannot unmarshal object into Go value of type jsonpatch.Patch")
        }
        operations = []
        for item in items { operations.append(try Self.operation(item)) }
    }

    private static func operation(_ item: JSONValue) throws(Failure) -> Operation {
        func pointer(_ member: String) throws(Failure) -> JSONPointer {
            guard let text = item[member]?.stringValue else {
                throw Failure(message: "operation without \(member)")
            }
            guard let pointer = JSONPointer(text) else { throw Failure(message: "\(text) is no JSON pointer") }
            return pointer
        }
        func value() throws(Failure) -> JSONValue {
            guard let value = item["value"] else { throw Failure(message: "operation without value") }
            return value
        }
        switch item["op"]?.stringValue {
        case "add": return .add(path: try pointer("path"), value: try value())
        case "remove": return .remove(path: try pointer("path"))
        case "replace": return .replace(path: try pointer("path"), value: try value())
        case "move": return .move(from: try pointer("from"), path: try pointer("path"))
        case "copy": return .copy(from: try pointer("from"), path: try pointer("path"))
        case "test": return .test(path: try pointer("path"), value: item["value"] ?? .null)
        case let other: throw Failure(message: "Unexpected kind: \(other ?? "unknown")")
        }
    }

    package func apply(to document: JSONValue) throws(Failure) -> JSONValue {
        var document = document
        for operation in operations { try Self.perform(operation, on: &document) }
        return document
    }

    private static func perform(_ operation: Operation, on document: inout JSONValue) throws(Failure) {
        switch operation {
        case .add(let path, let value): try document.add(value, at: path)
        case .remove(let path): _ = try document.remove(at: path)
        case .replace(let path, let value): try document.replace(value, at: path)
        case .move(let from, let path):
            guard !path.isBelow(from) else { throw Failure(message: "cannot move \(from.text) into itself") }
            try document.add(document.remove(at: from), at: path)
        case .copy(let from, let path):
            guard let value = document.value(at: from) else { throw .missing(from) }
            try document.add(value, at: path)
        case .test(let path, let value):
            // As in the library that kube-apiserver uses, null also stands for what is absent.
            guard (document.value(at: path) ?? .null) == value else {
                throw Failure(message: "testing value \(path.text) failed")
            }
        }
    }
}

extension JSONPatch.Failure {
    fileprivate static func missing(_ pointer: JSONPointer) -> JSONPatch.Failure {
        JSONPatch.Failure(message: "missing value at \(pointer.text)")
    }
}

extension JSONValue {
    fileprivate func value(at pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let members):
                guard let member = members[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = JSONPointer.index(token), index < elements.count else { return nil }
                value = elements[index]
            case .null, .bool, .int, .double, .string: return nil
            }
        }
        return value
    }

    fileprivate mutating func add(_ value: JSONValue, at pointer: JSONPointer) throws(JSONPatch.Failure) {
        guard !pointer.tokens.isEmpty else {
            self = value
            return
        }
        try change(pointer.tokens[...], pointer) { (container, token) throws(JSONPatch.Failure) in
            switch container {
            case .object(var members):
                members[token] = value
                container = .object(members)
            case .array(var elements):
                let index = token == "-" ? elements.count : JSONPointer.index(token)
                guard let index, index <= elements.count else { throw .missing(pointer) }
                elements.insert(value, at: index)
                container = .array(elements)
            case .null, .bool, .int, .double, .string: throw .missing(pointer)
            }
        }
    }

    fileprivate mutating func replace(_ value: JSONValue, at pointer: JSONPointer) throws(JSONPatch.Failure) {
        guard !pointer.tokens.isEmpty else {
            self = value
            return
        }
        try change(pointer.tokens[...], pointer) { (container, token) throws(JSONPatch.Failure) in
            switch container {
            case .object(var members):
                guard members.updateValue(value, forKey: token) != nil else { throw .missing(pointer) }
                container = .object(members)
            case .array(var elements):
                guard let index = JSONPointer.index(token), index < elements.count else { throw .missing(pointer) }
                elements[index] = value
                container = .array(elements)
            case .null, .bool, .int, .double, .string: throw .missing(pointer)
            }
        }
    }

    fileprivate mutating func remove(at pointer: JSONPointer) throws(JSONPatch.Failure) -> JSONValue {
        guard !pointer.tokens.isEmpty else { throw .missing(pointer) }
        var removed = JSONValue.null
        try change(pointer.tokens[...], pointer) { (container, token) throws(JSONPatch.Failure) in
            switch container {
            case .object(var members):
                guard let value = members.removeValue(forKey: token) else { throw .missing(pointer) }
                removed = value
                container = .object(members)
            case .array(var elements):
                guard let index = JSONPointer.index(token), index < elements.count else { throw .missing(pointer) }
                removed = elements.remove(at: index)
                container = .array(elements)
            case .null, .bool, .int, .double, .string: throw .missing(pointer)
            }
        }
        return removed
    }

    /// Hands the container that the last token names something in to `body`.
    private mutating func change(
        _ tokens: ArraySlice<String>, _ pointer: JSONPointer,
        _ body: (inout JSONValue, String) throws(JSONPatch.Failure) -> Void
    ) throws(JSONPatch.Failure) {
        guard let token = tokens.first else { return }
        if tokens.count == 1 { return try body(&self, token) }
        switch self {
        case .object(var members):
            guard var member = members[token] else { throw .missing(pointer) }
            try member.change(tokens.dropFirst(), pointer, body)
            members[token] = member
            self = .object(members)
        case .array(var elements):
            guard let index = JSONPointer.index(token), index < elements.count else { throw .missing(pointer) }
            try elements[index].change(tokens.dropFirst(), pointer, body)
            self = .array(elements)
        case .null, .bool, .int, .double, .string: throw .missing(pointer)
        }
    }
}
