import Wire

/// One attribute of a received UPDATE, cut out by its own length.
struct PathAttribute {
    let flags: UInt8
    let typeCode: UInt8
    let value: ArraySlice<UInt8>

    init(decoding reader: inout WireReader) throws(DecodeError) {
        flags = try reader.uint8()
        typeCode = try reader.uint8()
        let isExtended = flags & AttributeType.extendedLength != 0
        let length = isExtended ? Int(try reader.uint16()) : Int(try reader.uint8())
        value = try reader.take(length)
    }

    /// What is wrong with the value (RFC 7606 7), for every type but MP_REACH and MP_UNREACH.
    func fault(as type: AttributeType, in context: UpdateContext) -> UpdateFault? {
        switch type {
        case .origin: check(value.count == 1 && (value.first ?? 3) <= 2, .origin)
        case .asPath: check(isPath(in: context), .asPath)
        case .nextHop: check(value.count == 4 && value.contains { $0 != 0 }, .nextHop)
        case .multiExitDiscriminator: check(value.count == 4, .multiExitDiscriminator)
        case .localPreference: check(context.isInternal && value.count == 4, .localPreference)
        case .originatorID: check(context.isInternal && value.count == 4, .reflection)
        case .clusterList: check(context.isInternal && isMultiple(of: 4), .reflection)
        case .atomicAggregate: check(value.isEmpty, .aggregation)
        case .aggregator: check(value.count == (context.isFourOctet ? 8 : 6), .aggregation)
        case .communities: check(isMultiple(of: 4), .communities)
        case .extendedCommunities: check(isMultiple(of: 8), .communities)
        case .ipv6ExtendedCommunities: check(isMultiple(of: 20), .communities)
        case .largeCommunities: check(isMultiple(of: 12), .communities)
        case .onlyToCustomer: check(value.count == 4, .onlyToCustomer)
        case .as4Path: check(context.isFourOctet || segments(octets: 4) != nil, .as4Attribute)
        case .as4Aggregator: check(context.isFourOctet || value.count == 8, .as4Attribute)
        case .reachable, .unreachable: nil
        }
    }

    private func check(_ isRight: Bool, _ fault: UpdateFault) -> UpdateFault? { isRight ? nil : fault }

    private func isMultiple(of size: Int) -> Bool { !value.isEmpty && value.count.isMultiple(of: size) }

    /// True for whole segments of known types; from an external peer the path begins with the peer.
    private func isPath(in context: UpdateContext) -> Bool {
        guard let segments = segments(octets: context.isFourOctet ? 4 : 2) else { return false }
        guard !context.isInternal else { return true }
        let expected = context.isFourOctet ? context.peerAS : UInt32(UInt16(exactly: context.peerAS) ?? 23456)
        return segments.first == expected
    }

    /// The first AS of each segment, or nil if the path is malformed: an unknown type, an empty segment, or one that
    /// does not end with the value.
    private func segments(octets: Int) -> [UInt32]? {
        var reader = WireReader(value)
        var firsts: [UInt32] = []
        while reader.remaining > 0 {
            guard let type = try? reader.uint8(), (1...4).contains(type), let count = try? reader.uint8(), count > 0,
                let numbers = try? reader.take(Int(count) * octets)
            else { return nil }
            firsts.append(numbers.prefix(octets).reduce(0) { $0 << 8 | UInt32($1) })
        }
        return firsts
    }
}
