package import Addresses
package import Wire

/// What a neighbour solicitation that was heard says: who asks for which address.
package struct SolicitationSighting: Sendable, Hashable {
    /// The Ethernet source of the frame.
    package var source: MACAddress
    /// The asker's address; nil for one that is about to take the target for itself (duplicate address detection).
    package var sender: IPAddress?
    package var target: IPAddress

    /// Reads a frame that carries a solicitation; anything else is malformed. Checked as RFC 4861 7.1.1 demands.
    package init(decoding reader: inout WireReader) throws(DecodeError) {
        var received = try ICMPv6.receive(type: 135, from: &reader)
        _ = try received.body.uint32()
        target = try ICMPv6.target(from: &received.body)
        source = received.source
        let at = received.body.offset
        let option = try ICMPv6.linkLayerAddress(option: 1, from: &received.body)
        guard received.sender == .unspecifiedV6 else {
            sender = received.sender
            return
        }
        guard received.receiver == target.solicitedNode else {
            throw .malformed(offset: at, field: "destination of a solicitation without sender")
        }
        guard option == nil else { throw .malformed(offset: at, field: "source option without sender") }
        sender = nil
    }
}
