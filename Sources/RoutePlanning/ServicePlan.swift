package import Addresses
package import Eligibility

/// What a node does with a Service by BGP.
package struct ServicePlan: Sendable, Hashable {
    package typealias Refusal = BGPEligibility.Refusal

    /// What the node does with one address of the Service.
    package struct Address: Sendable, Hashable {
        package var address: IPAddress
        /// By the name of a peer the routes that it gets for this address, in order.
        package var announcements: [String: [IPPrefix]]
        /// Peers that an advertisement means and that get no route, or not all, with the reason.
        package var withheld: [String: Refusal]
        /// Why no peer gets a route; nil if any does.
        package var refusal: Refusal?
    }

    /// In the order of the Service's status.
    package var addresses: [Address]

    /// The names of the peers that get a route, sorted: what ServiceBGPStatus says.
    package var peers: [String] { Set(addresses.flatMap(\.announcements.keys)).sorted() }
}
