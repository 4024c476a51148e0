package import Addresses
package import Wire

/// What a neighbour advertisement that was heard says: who answers for which address.
package struct AdvertisementSighting: Sendable, Hashable {
    /// The Ethernet source of the frame.
    package var source: MACAddress
    package var target: IPAddress
    /// The target link-layer address, where the advertisement has one, else the Ethernet source.
    package var mac: MACAddress
    /// An answer to a question.
    package var isSolicited: Bool
    /// Neighbours are to change the entry that they have.
    package var overrides: Bool
    /// The sender forwards packets.
    package var isRouter: Bool

    /// Reads a frame that carries an advertisement; anything else is malformed. Checked as RFC 4861 7.1.2 demands.
    package init(decoding reader: inout WireReader) throws(DecodeError) {
        var received = try ICMPv6.receive(type: 136, from: &reader)
        let at = received.body.offset
        let flags = try received.body.uint32() >> 29
        isRouter = flags & 4 != 0
        isSolicited = flags & 2 != 0
        overrides = flags & 1 != 0
        if isSolicited && received.receiver.isMulticast { throw .malformed(offset: at, field: "solicited flag") }
        target = try ICMPv6.target(from: &received.body)
        source = received.source
        mac = try ICMPv6.linkLayerAddress(option: 2, from: &received.body) ?? received.source
    }
}
