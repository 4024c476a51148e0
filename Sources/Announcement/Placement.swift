package import Addresses
package import Eligibility
import Reasons

/// Whether an address is for a link of this node: by subnet, unless an advertisement names interfaces.
package enum Placement: Sendable, Hashable {
    /// The link belongs to the address, whether or not this node may announce it.
    case here
    /// The link does not concern the address.
    case elsewhere

    /// Where an address with this demand belongs.
    /// - Parameter candidate: what advertisements say of this node, nil if it may not announce the address; the subnet
    ///   decides then, so that a node which may not announce still follows who does.
    package static func of(_ address: IPAddress, on link: LinkFacts, candidate: Layer2Eligibility.Candidate?)
        -> Placement
    {
        if let interfaces = candidate?.interfaces { return interfaces.contains(link.name) ? .here : .elsewhere }
        return link.holds(address) ? .here : .elsewhere
    }

    /// Why this node, a candidate, has no link for the address, or nil if it has one that is usable.
    package static func obstacle(
        to address: IPAddress, candidate: Layer2Eligibility.Candidate, links: some Collection<LinkFacts>
    ) -> Layer2Eligibility.Refusal? {
        let fitting = links.filter { of(address, on: $0, candidate: candidate) == .here }
        let speaking = fitting.filter(\.canSpeak)
        if let link = speaking.first {
            guard speaking.allSatisfy({ $0.unforwarded.contains(address.family) }) else { return nil }
            return .init(.dataPlaneNotReady, "\(link.forwardingSwitch(of: address.family)) is 0")
        }
        if let down = fitting.sorted(by: { $0.index < $1.index }).first {
            let trouble = !down.isUp ? "down" : down.hasCarrier ? "without an address to speak from" : "without carrier"
            return .init(.linkDown, "\(down.name) is \(trouble)")
        }
        if let interfaces = candidate.interfaces {
            let names = interfaces.sorted().joined(separator: ", ")
            return .init(.interfaceMissing, "the L2Advertisement names \(names), and this node has none of them")
        }
        return .init(.noSubnet, "no interface of this node has a subnet that holds \(address)")
    }
}
