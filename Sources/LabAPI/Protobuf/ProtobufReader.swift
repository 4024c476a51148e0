import FoundationEssentials
import KubernetesObjects

/// Reads Kubernetes' protobuf bodies as the JSON that would have been sent instead. Kinds and fields without a table
/// are refused, never dropped.
enum ProtobufReader {
    /// In front of the envelope (`runtime.Unknown`).
    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    static func read(_ body: [UInt8]) throws(ProtobufWire.Failure) -> JSONValue {
        guard body.starts(with: magic) else { throw .init(message: "the body does not start with \"k8s\\0\"") }
        var envelope = ProtobufWire(body.dropFirst(magic.count))
        var type = (apiVersion: "", kind: "")
        var raw: ArraySlice<UInt8> = []
        while let field = try envelope.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let bytes)): type = try typeMeta(bytes)
            case (2, .bytes(let bytes)): raw = bytes
            case (3, .bytes(let encoding)), (4, .bytes(let encoding)):
                // Content encoding and type, which nobody sets.
                guard encoding.isEmpty else { throw .init(message: "an encoded envelope") }
            default: throw .init(message: "field \(field.number) of the envelope is unknown")
            }
        }
        var object = try message(raw, type.kind, depth: 0)
        object["apiVersion"] = .string(type.apiVersion)
        object["kind"] = .string(type.kind)
        return object
    }

    private static func typeMeta(_ bytes: ArraySlice<UInt8>) throws(ProtobufWire.Failure) -> (
        apiVersion: String, kind: String
    ) {
        var wire = ProtobufWire(bytes)
        var texts: [Int: String] = [:]
        while let field = try wire.next() {
            if case .bytes(let text) = field.value { texts[field.number] = String(decoding: text, as: UTF8.self) }
        }
        return (texts[1] ?? "", texts[2] ?? "")
    }

    private static func message(
        _ bytes: ArraySlice<UInt8>, _ name: String, depth: Int
    ) throws(ProtobufWire.Failure) -> JSONValue {
        guard let shape = ProtobufShape.kinds[name] else { throw .init(message: "\(name) is only read as JSON") }
        guard depth < 32 else { throw .init(message: "messages are nested too deeply") }
        var wire = ProtobufWire(bytes)
        var members: [String: JSONValue] = [:]
        while let (number, value) = try wire.next() {
            guard let field = shape.fields[number] else {
                throw .init(message: "field \(number) of \(name) is only read as JSON")
            }
            switch field.kind {
            case .list(let kind):
                let element = try self.value(value, kind, "\(name).\(field.name)", depth)
                members[field.name] = .array((members[field.name]?.arrayValue ?? []) + [element])
            case .map(let kind):
                var entries = members[field.name]?.objectValue ?? [:]
                let entry = try self.entry(value, kind, "\(name).\(field.name)", depth)
                entries[entry.key] = entry.value
                members[field.name] = .object(entries)
            default:
                let member = try self.value(value, field.kind, "\(name).\(field.name)", depth)
                if field.isPointer || !isZero(member) { members[field.name] = member }
            }
        }
        return .object(members)
    }

    /// What JSON leaves out of a structure.
    private static func isZero(_ value: JSONValue) -> Bool {
        value == "" || value == 0 || value == false || value == .null
    }

    private static func entry(
        _ value: ProtobufWire.Value, _ kind: ProtobufShape.Kind, _ place: String, _ depth: Int
    ) throws(ProtobufWire.Failure) -> (key: String, value: JSONValue) {
        guard case .bytes(let bytes) = value else { throw .init(message: "\(place) is no map") }
        var wire = ProtobufWire(bytes)
        var entry = (key: "", value: JSONValue.string(""))
        while let field = try wire.next() {
            if field.number == 1, case .bytes(let key) = field.value {
                entry.key = String(decoding: key, as: UTF8.self)
            }
            if field.number == 2 { entry.value = try self.value(field.value, kind, place, depth) }
        }
        return entry
    }

    private static func value(
        _ value: ProtobufWire.Value, _ kind: ProtobufShape.Kind, _ place: String, _ depth: Int
    ) throws(ProtobufWire.Failure) -> JSONValue {
        switch (kind, value) {
        case (.string, .bytes(let text)): return .string(String(decoding: text, as: UTF8.self))
        case (.bytes, .bytes(let data)): return .string(Data(data).base64EncodedString())
        case (.int, .varint(let number)): return .int(Int64(bitPattern: number))
        case (.bool, .varint(let number)): return .bool(number != 0)
        case (.time, .bytes(let bytes)): return try time(bytes)
        case (.intOrString, .bytes(let bytes)): return try intOrString(bytes)
        case (.message(let name), .bytes(let bytes)): return try message(bytes, name, depth: depth + 1)
        default: throw .init(message: "\(place) has another type")
        }
    }

    /// A `metav1.Time`; the zero time, which has no fields, is null.
    private static func time(_ bytes: ArraySlice<UInt8>) throws(ProtobufWire.Failure) -> JSONValue {
        var wire = ProtobufWire(bytes)
        var seconds: Int64?
        while let field = try wire.next() {
            if field.number == 1, case .varint(let number) = field.value { seconds = Int64(bitPattern: number) }
        }
        guard let seconds else { return .null }
        return .string(Timestamp(seconds: seconds).text)
    }

    private static func intOrString(_ bytes: ArraySlice<UInt8>) throws(ProtobufWire.Failure) -> JSONValue {
        var wire = ProtobufWire(bytes)
        var isText = false
        var (number, text) = (Int64(0), "")
        while let field = try wire.next() {
            switch (field.number, field.value) {
            case (1, .varint(let type)): isText = type == 1
            case (2, .varint(let value)): number = Int64(bitPattern: value)
            case (3, .bytes(let value)): text = String(decoding: value, as: UTF8.self)
            default: throw .init(message: "field \(field.number) of IntOrString is unknown")
            }
        }
        return isText ? .string(text) : .int(number)
    }
}
