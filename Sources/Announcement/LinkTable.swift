/// The links that take part, kept from what the kernel says.
package struct LinkTable: Sendable {
    private let policy: LinkPolicy
    /// By interface index.
    package private(set) var links: [Int32: LinkFacts] = [:]

    package init(policy: LinkPolicy) { self.policy = policy }

    /// What happened to a link.
    package enum Change: Sendable, Hashable {
        /// It takes part from now on; it may be without carrier.
        case appeared(LinkFacts)
        /// It is gone, was renamed out of the policy, or got a master.
        case disappeared(LinkFacts)
        /// Its carrier, state, MAC address or addresses are others than before.
        case changed(from: LinkFacts, to: LinkFacts)
    }

    /// Takes in all interfaces of the node as they are now.
    /// - Returns: the differences, links that went first, then in order of index.
    package mutating func update(_ all: some Sequence<LinkFacts>) -> [Change] {
        let participants = all.filter { $0.canAnnounce && !$0.hasMaster && policy.admits($0.name) }
        let new = Dictionary(participants.map { ($0.index, $0) }, uniquingKeysWith: { _, last in last })
        var changes = links.values.filter { new[$0.index] == nil }.sorted { $0.index < $1.index }.map(
            Change.disappeared)
        for link in new.values.sorted(by: { $0.index < $1.index }) {
            switch links[link.index] {
            case nil: changes.append(.appeared(link))
            case let old? where old.name != link.name: changes += [.disappeared(old), .appeared(link)]
            case let old? where old != link: changes.append(.changed(from: old, to: link))
            default: break
            }
        }
        links = new
        return changes
    }
}
