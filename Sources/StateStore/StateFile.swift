import Crypto
import FoundationEssentials

/// The form of a file of the state directory: one line of text that names the version, the length and the SHA-256 of
/// what follows, then JSON. A file that was cut off, changed or written by a later version is told apart from a good one.
enum StateFile {
    /// Raised with every change that an earlier version would misread.
    static let version = 1
    private static let magic = "toono-state"
    private static let longestHeader = 160

    /// The bytes of a file with this value.
    static func encode(_ value: some Encodable) throws(StateError) -> Data {
        let body: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes]
            body = try encoder.encode(value)
        } catch {
            throw StateError(.unwritable, "cannot be written as JSON: \(error)")
        }
        return Data("\(magic) \(version) \(body.count) \(checksum(body))\n".utf8) + body
    }

    /// The value in a file's bytes.
    static func decode<Value: Decodable>(_ type: Value.Type, from file: Data) throws(StateError) -> Value {
        guard let end = file.prefix(longestHeader).firstIndex(of: UInt8(ascii: "\n")) else {
            throw StateError(.damaged, "has no header")
        }
        let header = String(decoding: file[..<end], as: UTF8.self).split(separator: " ")
        guard header.count == 4, header[0] == magic else { throw StateError(.damaged, "has no header") }
        guard header[1] == "\(version)" else {
            throw StateError(.otherVersion, "has version \(header[1]) where \(version) is read")
        }
        let body = file[file.index(after: end)...]
        guard header[2] == "\(body.count)" else {
            throw StateError(.damaged, "is \(body.count) bytes long where its header says \(header[2])")
        }
        guard header[3] == checksum(body) else {
            throw StateError(.damaged, "does not have the checksum of its header")
        }
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch {
            throw StateError(.damaged, "does not decode: \(error)")
        }
    }

    private static func checksum(_ body: Data) -> String {
        SHA256.hash(data: body).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
    }
}
