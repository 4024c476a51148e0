import Addresses
import Wire

/// Reads one UPDATE: the framing exactly, since it decides whether the session lives; the attributes to count what is
/// wrong with them. Attributes and routes are cut apart by the total length first, so that no error inside the
/// attributes moves the place where the routes begin.
struct UpdateReader {
    let context: UpdateContext
    var report = UpdateReport()
    private var seen: Set<UInt8> = []
    private var hasReachable = false
    private var isOverrun = false

    init(context: UpdateContext) { self.context = context }

    mutating func read(_ body: ArraySlice<UInt8>) throws(NotificationMessage) {
        let withdrawn: ArraySlice<UInt8>
        let attributes: ArraySlice<UInt8>
        let routes: ArraySlice<UInt8>
        do throws(DecodeError) {
            var reader = WireReader(body)
            withdrawn = try reader.take(Int(try reader.uint16()))
            attributes = try reader.take(Int(try reader.uint16()))
            routes = reader.rest()
        } catch { throw .malformedAttributeList }
        if body.count == 4 {
            report.endOfRIB = .ipv4Unicast
            return
        }
        try readPrefixes(withdrawn, into: \.withdrawn)
        try readPrefixes(routes, into: \.announced)
        try readAttributes(attributes)
        let isReachable = hasReachable || !routes.isEmpty
        // without routes there is nothing to withdraw, and what else the message meant is lost (RFC 7606 5.2)
        if isOverrun && !isReachable { throw .malformedAttributeList }
        if isReachable { checkMandatory(hasRoutes: !routes.isEmpty) }
        noteEndOfRIB(isAlone: withdrawn.isEmpty && routes.isEmpty)
    }

    private mutating func readPrefixes(
        _ field: ArraySlice<UInt8>, into counts: WritableKeyPath<UpdateReport, [AddressFamily: Int]>
    ) throws(NotificationMessage) {
        guard let count = PrefixField.count(field, maximumLength: 32) else { throw .invalidNetworkField }
        if count > 0 { report[keyPath: counts][.ipv4Unicast, default: 0] += count }
    }

    private mutating func readAttributes(_ block: ArraySlice<UInt8>) throws(NotificationMessage) {
        var reader = WireReader(block)
        while reader.remaining > 0 {
            let start = block.startIndex + reader.offset
            guard let attribute = try? PathAttribute(decoding: &reader) else {
                isOverrun = true
                report.faults.append(.attributesOverrun)
                return
            }
            try read(attribute, whole: block[start..<block.startIndex + reader.offset])
        }
    }

    private mutating func read(
        _ attribute: PathAttribute, whole: ArraySlice<UInt8>
    ) throws(NotificationMessage) {
        let isFirst = seen.insert(attribute.typeCode).inserted
        guard let type = AttributeType(rawValue: attribute.typeCode) else {
            guard attribute.flags & AttributeType.optional != 0 else { throw .unrecognizedWellKnown(Array(whole)) }
            report.faults.append(.unknownAttribute)
            return
        }
        guard isFirst else {
            if type == .reachable || type == .unreachable { throw .malformedAttributeList }
            report.faults.append(.duplicateAttribute)
            return
        }
        if attribute.flags & (AttributeType.optional | AttributeType.transitive) != type.flags {
            report.faults.append(.attributeFlags)
        }
        switch type {
        case .reachable: try readReachable(attribute, whole: whole)
        case .unreachable: try readUnreachable(attribute, whole: whole)
        default:
            if let fault = attribute.fault(as: type, in: context) { report.faults.append(fault) }
        }
    }

    private mutating func readReachable(
        _ attribute: PathAttribute, whole: ArraySlice<UInt8>
    ) throws(NotificationMessage) {
        do throws(DecodeError) {
            var reader = WireReader(attribute.value)
            let family = AddressFamily(afi: try reader.uint16(), safi: try reader.uint8())
            let nextHopLength = Int(try reader.uint8())
            _ = try reader.take(nextHopLength)
            _ = try reader.uint8()
            guard Self.allows(nextHopLength, for: family) else {
                throw .malformed(offset: 3, field: "next hop length")
            }
            hasReachable = true
            try count(reader.rest(), of: family, into: \.announced)
        } catch { throw .malformedOptional(Array(whole)) }
    }

    private mutating func readUnreachable(
        _ attribute: PathAttribute, whole: ArraySlice<UInt8>
    ) throws(NotificationMessage) {
        do throws(DecodeError) {
            var reader = WireReader(attribute.value)
            let family = AddressFamily(afi: try reader.uint16(), safi: try reader.uint8())
            if reader.remaining == 0 { report.endOfRIB = family }
            try count(reader.rest(), of: family, into: \.withdrawn)
        } catch { throw .malformedOptional(Array(whole)) }
    }

    private mutating func count(
        _ field: ArraySlice<UInt8>, of family: AddressFamily,
        into counts: WritableKeyPath<UpdateReport, [AddressFamily: Int]>
    ) throws(DecodeError) {
        guard context.families.contains(family), let ipFamily = family.ipFamily else {
            if !field.isEmpty { report.faults.append(.familyNotNegotiated) }
            return
        }
        guard let count = PrefixField.count(field, maximumLength: ipFamily.bitWidth) else {
            throw .malformed(offset: 0, field: "routes")
        }
        if count > 0 { report[keyPath: counts][family, default: 0] += count }
    }

    /// The forms of a next hop: an address, or for IPv6 a global and a link-local one (RFC 2545 3, RFC 8950 3).
    private static func allows(_ length: Int, for family: AddressFamily) -> Bool {
        switch family.ipFamily {
        case .ipv4: [4, 16, 32].contains(length)
        case .ipv6: [16, 32].contains(length)
        case nil: true
        }
    }

    private mutating func checkMandatory(hasRoutes: Bool) {
        var mandatory: [AttributeType] = [.origin, .asPath]
        if hasRoutes { mandatory.append(.nextHop) }
        if !mandatory.allSatisfy({ seen.contains($0.rawValue) }) { report.faults.append(.missingMandatory) }
    }

    /// MP_UNREACH without routes is a marker only where nothing else is in the message.
    private mutating func noteEndOfRIB(isAlone: Bool) {
        if !isAlone || seen != [AttributeType.unreachable.rawValue] { report.endOfRIB = nil }
    }
}
