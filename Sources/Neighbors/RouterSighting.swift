package import Addresses
package import Wire

/// What a router advertisement or solicitation that was heard says.
package enum RouterSighting: Sendable, Hashable {
    /// A router, or a host that says it is there, has this link-local address.
    case advertisement(from: IPAddress)
    /// Somebody asks routers to advertise themselves.
    case solicitation

    /// Reads a frame that carries one of the two; anything else is malformed. Checked as RFC 4861 6.1 demands.
    package init(decoding reader: inout WireReader) throws(DecodeError) {
        let copy = reader
        do throws(DecodeError) {
            var received = try ICMPv6.receive(type: 134, from: &reader)
            guard received.sender.isLinkLocal else { throw .malformed(offset: 22, field: "source of an advertisement") }
            // hop limit, flags, router lifetime, reachable time, retransmission timer
            _ = try received.body.take(12)
            _ = try ICMPv6.linkLayerAddress(option: 1, from: &received.body)
            self = .advertisement(from: received.sender)
        } catch .malformed(_, "ICMPv6 type and code") {
            reader = copy
            var received = try ICMPv6.receive(type: 133, from: &reader)
            _ = try received.body.uint32()
            let at = received.body.offset
            let option = try ICMPv6.linkLayerAddress(option: 1, from: &received.body)
            guard received.sender != .unspecifiedV6 || option == nil else {
                throw .malformed(offset: at, field: "source option without sender")
            }
            self = .solicitation
        }
    }
}
