import Crypto

/// Bytes under the tag of the tests' key, whatever they say.
enum TaggedBytes {
    static func tag(_ bytes: [UInt8], key: String = "0123456789abcdef") -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(key.utf8)))
        return bytes + Array(code).prefix(16)
    }
}
