import Wire

/// Asks for the routes of a family again, or marks where they begin and end (RFC 2918, RFC 7313).
package struct RouteRefreshMessage: Sendable, Hashable {
    /// The meanings of the message.
    package enum Subtype: UInt8, Sendable, Hashable {
        case request = 0
        case beginningOfRefresh = 1
        case endOfRefresh = 2
    }

    /// The family it is about.
    package var family: AddressFamily
    /// What it means; receivers ignore what has no name.
    package var subtype: UInt8

    /// A message of a known meaning.
    package init(_ family: AddressFamily, _ subtype: Subtype) {
        self.family = family
        self.subtype = subtype.rawValue
    }

    /// A message from its body of four bytes, else nil.
    package init?(decoding body: ArraySlice<UInt8>) {
        var reader = WireReader(body)
        guard body.count == 4, let afi = try? reader.uint16(), let subtype = try? reader.uint8(),
            let safi = try? reader.uint8()
        else { return nil }
        family = AddressFamily(afi: afi, safi: safi)
        self.subtype = subtype
    }

    /// The whole message.
    package var encoded: [UInt8] {
        var writer = WireWriter(capacity: 4)
        writer.uint16(family.afi)
        writer.uint8(subtype)
        writer.uint8(family.safi)
        return BGPMessage.frame(.routeRefresh, writer.bytes)
    }
}
