package import Addresses
import Crypto

/// The place of a node in the hash order of a virtual IP (VIP): SHA-256 of `node#vip`, compared as raw bytes.
///
/// The order is MetalLB's (its speaker's layer-2 election), so a cluster that changes over keeps its owners. The VIP
/// enters in its canonical text, the node name as Kubernetes writes it.
package struct RankDigest: Sendable, Hashable {
    private let high: UInt128
    private let low: UInt128

    /// The digest of one node for one VIP.
    package init(nodeName: String, vip: IPAddress) {
        var hash = SHA256()
        hash.update(data: Array(nodeName.utf8))
        hash.update(data: [UInt8(ascii: "#")])
        hash.update(data: Array(vip.description.utf8))
        var words = (UInt128(0), UInt128(0))
        for (index, byte) in hash.finalize().enumerated() {
            if index < 16 { words.0 = words.0 << 8 | UInt128(byte) } else { words.1 = words.1 << 8 | UInt128(byte) }
        }
        (high, low) = words
    }

    /// The first eight bytes as a number, for traces and test vectors.
    package var prefix: UInt64 { UInt64(truncatingIfNeeded: high >> 64) }
}

extension RankDigest: Comparable {
    package static func < (left: RankDigest, right: RankDigest) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}
