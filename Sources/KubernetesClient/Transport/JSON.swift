import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat

/// JSON to and from buffers.
enum JSON {
    static func decode<Value: Decodable>(_ type: Value.Type, from buffer: ByteBuffer) throws -> Value {
        // The buffer is ours alone and short-lived, so its bytes are lent, not copied.
        try JSONDecoder().decode(type, from: Data(buffer: buffer, byteTransferStrategy: .noCopy))
    }

    static func encode(_ value: some Encodable) throws(KubernetesError) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return ByteBuffer(data: try encoder.encode(value))
        } catch {
            throw KubernetesError(.invalid, "the object cannot be written as JSON: \(problem(error))", cause: error)
        }
    }

    /// What is wrong and where: `spec.ports.0.port: expected a number`.
    /// - Parameter depth: how many members around the object the place leaves out.
    static func problem(_ error: any Error, below depth: Int = 0) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        func place(_ path: [any CodingKey]) -> String { Self.place(path.dropFirst(depth)) }
        switch error {
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            return place(context.codingPath) + context.debugDescription
        case .valueNotFound(_, let context):
            return place(context.codingPath) + "null where a value is needed"
        case .keyNotFound(let key, let context):
            return place(context.codingPath) + "\"\(key.stringValue)\" is missing"
        @unknown default:
            return "\(error)"
        }
    }

    private static func place(_ path: ArraySlice<any CodingKey>) -> String {
        guard !path.isEmpty else { return "" }
        return path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".") + ": "
    }
}
