import Crypto

/// The keys that members of a link share: one to send with, and during a change a second that is accepted as well.
package struct OwnershipKeys: Sendable, Equatable {
    /// The length of the tag at the end of a datagram, in bytes: HMAC-SHA256 cut to its first half.
    static let tagLength = 16

    /// The ID of the key that tags what is sent.
    package let sendingID: UInt8
    private var keys: [UInt8: SymmetricKey]

    /// One key, 16 bytes or longer by convention; the ID tells it from its successor.
    package init(id: UInt8, key: [UInt8]) {
        sendingID = id
        keys = [id: SymmetricKey(data: key)]
    }

    /// What `--hello-insecure` uses: a key that everybody knows. Authenticates nothing, detects damage.
    package static let insecure = OwnershipKeys(id: 0, key: Array("toono hello without a key".utf8))

    /// The same keys and one more that is accepted. An equal ID replaces the key of that ID unless it is the sending one.
    package func accepting(id: UInt8, key: [UInt8]) -> OwnershipKeys {
        var copy = self
        if id != sendingID {
            copy.keys = [sendingID: keys[sendingID], id: SymmetricKey(data: key)].compactMapValues { $0 }
        }
        return copy
    }

    /// True if a key of that ID is held.
    func holds(_ id: UInt8) -> Bool { keys[id] != nil }

    /// The tag of these bytes under the sending key.
    func tag(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard let key = keys[sendingID] else { return [] }
        return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))[..<Self.tagLength]
    }

    /// True if the tag is that of the bytes under the key of that ID; compared in constant time.
    func isValid(tag: ArraySlice<UInt8>, of bytes: ArraySlice<UInt8>, id: UInt8) -> Bool {
        guard let key = keys[id], tag.count == Self.tagLength else { return false }
        let expected = HMAC<SHA256>.authenticationCode(for: bytes, using: key)
        return zip(expected, tag).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
