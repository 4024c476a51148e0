package import Addresses

/// How well a node suits a VIP; a smaller rank goes first.
///
/// The higher preference score of the layer-2 advertisement wins, equal scores are ordered by `RankDigest`. Two nodes
/// never have the same rank for one VIP.
package struct Rank: Sendable, Hashable {
    /// The preference score; higher goes first. Nodes without one have 0.
    package let score: Int32
    /// The order among equal scores.
    package let digest: RankDigest

    /// The rank of a node for a VIP.
    package init(nodeName: String, vip: IPAddress, score: Int32 = 0) {
        self.score = score
        digest = RankDigest(nodeName: nodeName, vip: vip)
    }
}

extension Rank: Comparable {
    package static func < (left: Rank, right: Rank) -> Bool {
        left.score == right.score ? left.digest < right.digest : left.score > right.score
    }
}
