package import Addresses

/// A node that may own a VIP, with its preference score.
package struct Candidate: Sendable, Hashable {
    /// The node's name in Kubernetes.
    package let nodeName: String
    /// The preference score of the layer-2 advertisement that selects the node; higher goes first.
    package let score: Int32

    /// A candidate; without a score of its own it has 0.
    package init(_ nodeName: String, score: Int32 = 0) {
        self.nodeName = nodeName
        self.score = score
    }
}

extension Collection<Candidate> {
    /// The candidates in the order in which they take the VIP.
    package func ranked(for vip: IPAddress) -> [Candidate] {
        map { (Rank(nodeName: $0.nodeName, vip: vip, score: $0.score), $0) }
            .sorted { $0.0 < $1.0 }
            .map(\.1)
    }
}
