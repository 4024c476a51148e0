import FoundationEssentials
import KubernetesObjects

extension JSONValue {
    /// Any value as JSON.
    /// - Throws: what the value's own encoding throws.
    init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: try JSONEncoder().encode(value))
    }

    /// The value that this JSON holds.
    /// - Throws: what the type's own decoding throws.
    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(self))
    }

    /// True if every member that this value has is the same in the other one, which may have more: defaults of the server.
    func isContained(in other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let theirs)):
            mine.allSatisfy { key, value in theirs[key].map(value.isContained) ?? false }
        case (.array(let mine), .array(let theirs)):
            mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.isContained(in: $1) }
        default: self == other
        }
    }

    /// A number that stands for the value in texts that must not repeat it (FNV-1a, 64 bits, of sorted JSON).
    func fingerprint() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let hash = try encoder.encode(self).reduce(UInt64(0xCBF2_9CE4_8422_2325)) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return String(hash, radix: 16)
    }
}
