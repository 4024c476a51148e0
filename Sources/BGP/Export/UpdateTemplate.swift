import Addresses
import Wire

/// An UPDATE without its routes: what stands before and after them. Made once for an attribute set and an encoding.
struct UpdateTemplate: Sendable, Hashable {
    /// Header, lengths, and all attributes where routes follow them; up to the routes in MP_REACH or MP_UNREACH.
    let head: [UInt8]
    /// The attributes after MP_REACH.
    let tail: [UInt8]
    /// Where the length of the multiprotocol attribute stands, if the routes are inside of one.
    private let multiprotocolLengthAt: Int?
    /// True if the routes are in the field of withdrawn routes, which stands before the attributes.
    private let isPlainWithdrawal: Bool

    /// The number of bytes that routes may take.
    var room: Int { MessageType.maximumLength - head.count - tail.count }

    /// Announcements of one family.
    init(announcing attributes: RouteAttributes, _ family: IPFamily, by nextHop: NextHop, _ encoding: UpdateEncoding) {
        var writer = Self.start()
        let rest = Self.attributes(attributes, encoding, nextHop: nextHop)
        isPlainWithdrawal = false
        switch nextHop {
        case .plain:
            writer.uint16(0)
            writer.uint16(UInt16(rest.count))
            writer.append(rest)
            tail = []
            multiprotocolLengthAt = nil
        case .multiprotocol(let address, let linkLocal):
            multiprotocolLengthAt = Self.openMultiprotocol(.reachable, family, &writer)
            writer.uint8(linkLocal == nil ? 16 : 32)
            writer.append(address.octets)
            if let linkLocal { writer.append(linkLocal.octets) }
            writer.uint8(0)
            tail = rest
        }
        head = writer.bytes
    }

    /// Withdrawals of one family, in the form in which it is announced.
    init(withdrawing family: IPFamily, isMultiprotocol: Bool) {
        var writer = Self.start()
        if isMultiprotocol {
            multiprotocolLengthAt = Self.openMultiprotocol(.unreachable, family, &writer)
            tail = []
        } else {
            writer.uint16(0)
            multiprotocolLengthAt = nil
            // no attributes
            tail = [0, 0]
        }
        isPlainWithdrawal = !isMultiprotocol
        head = writer.bytes
    }

    /// Writes the lengths of a message that begins at `start` of the buffer and holds `count` bytes of routes.
    func patchLengths(in buffer: inout [UInt8], start: Int, routeBytes count: Int) {
        func patch(_ value: Int, at offset: Int) {
            buffer[start + offset] = UInt8(truncatingIfNeeded: value >> 8)
            buffer[start + offset + 1] = UInt8(truncatingIfNeeded: value)
        }
        patch(head.count + count + tail.count, at: 16)
        if isPlainWithdrawal { patch(count, at: 19) }
        if let at = multiprotocolLengthAt {
            patch(head.count - 23 + count + tail.count, at: 21)
            patch(head.count - at - 2 + count, at: at)
        }
    }

    private static func start() -> WireWriter {
        var writer = WireWriter(capacity: 128)
        writer.append(BGPMessage.marker)
        writer.uint16(0)
        writer.uint8(MessageType.update.rawValue)
        return writer
    }

    /// Begins the attribute that holds the routes, first in the list (RFC 7606 5.1); returns where its length stands.
    private static func openMultiprotocol(
        _ type: AttributeType, _ family: IPFamily, _ writer: inout WireWriter
    ) -> Int {
        writer.uint16(0)
        writer.uint16(0)
        writer.uint8(type.flags | AttributeType.extendedLength)
        writer.uint8(type.rawValue)
        let lengthAt = writer.count
        writer.uint16(0)
        let family = AddressFamily(family)
        writer.uint16(family.afi)
        writer.uint8(family.safi)
        return lengthAt
    }

    /// The attributes that do not hold routes, in the order of their numbers.
    private static func attributes(
        _ attributes: RouteAttributes, _ encoding: UpdateEncoding, nextHop: NextHop
    ) -> [UInt8] {
        var writer = AttributeWriter()
        writer.append(.origin, [0])
        writer.append(.asPath, path(encoding, octets: encoding.isFourOctet ? 4 : 2))
        if case .plain(let address) = nextHop { writer.append(.nextHop, address.octets) }
        if encoding.isInternal {
            writer.append(.localPreference, numbers: [encoding.isDraining ? 0 : attributes.localPreference ?? 100])
        }
        var communities = attributes.communities.map(\.bits)
        if encoding.isDraining && !communities.contains(Community.gracefulShutdown.bits) {
            communities = (communities + [Community.gracefulShutdown.bits]).sorted()
        }
        if !communities.isEmpty { writer.append(.communities, numbers: communities) }
        // a path of two-octet numbers has lost a wide one: the true path stands here (RFC 6793 4.2.2)
        if !encoding.isFourOctet && !encoding.isInternal && encoding.localAS > UInt16.max {
            writer.append(.as4Path, path(encoding, octets: 4))
        }
        let large = attributes.largeCommunities.flatMap { [$0.administrator, $0.first, $0.second] }
        if !large.isEmpty { writer.append(.largeCommunities, numbers: large) }
        return writer.bytes
    }

    /// One sequence with our AS, or nothing toward a peer of the same AS.
    private static func path(_ encoding: UpdateEncoding, octets: Int) -> [UInt8] {
        guard !encoding.isInternal else { return [] }
        var writer = WireWriter(capacity: 6)
        writer.uint8(2)
        writer.uint8(1)
        if octets == 4 {
            writer.uint32(encoding.localAS)
        } else {
            writer.uint16(UInt16(exactly: encoding.localAS) ?? OpenMessage.asTrans)
        }
        return writer.bytes
    }
}
