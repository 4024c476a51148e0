package import Addresses
package import Ownership

// What the world may know.
extension AnnouncementSession {
    /// The links that take part, in order of index.
    package var linkFacts: [LinkFacts] { links.values.map(\.facts).sorted { $0.index < $1.index } }

    /// A link that takes part.
    package func facts(of link: Int32) -> LinkFacts? { links[link]?.facts }

    /// The other speakers on a link.
    package func peers(on link: Int32) -> [PeerStatus] { links[link]?.ownership.peerStatuses ?? [] }

    /// What a link's session counted.
    package func counters(of link: Int32) -> OwnershipCounters {
        links[link]?.ownership.counters ?? OwnershipCounters()
    }

    /// True if another machine on the link says that it is this node.
    package func isDuplicate(on link: Int32) -> Bool { links[link]?.ownership.isDuplicate ?? false }

    /// Where all addresses stand on a link.
    package func statuses(on link: Int32) -> [VIPStatus] { links[link]?.ownership.statuses ?? [] }

    /// Where one address stands on a link.
    package func status(of address: IPAddress, on link: Int32) -> VIPStatus? {
        links[link]?.ownership.status(of: address)
    }

    /// What each link's session remembers for the next process, by interface name. A link that is gone for now keeps what
    /// an earlier process remembered of it.
    package var ownershipSnapshots: [String: OwnershipSnapshot] {
        snapshots.merging(links.values.map { ($0.facts.name, $0.ownership.snapshot) }) { _, now in now }
    }

    /// True if the kernel answers for the address on any link.
    package func isAnswered(_ address: IPAddress) -> Bool { links.values.contains { $0.answers[address] != nil } }
}
