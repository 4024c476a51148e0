import Addresses
import Wire

extension OwnershipElement {
    /// The next element, or nil if its type is unknown and it was skipped.
    static func read(from reader: inout WireReader) throws(OwnershipError) -> OwnershipElement? {
        let kind: Kind?
        var payload: WireReader
        do throws(DecodeError) {
            kind = Kind(rawValue: try reader.uint8())
            _ = try reader.uint8()
            payload = try reader.reader(Int(try reader.uint16()))
        } catch { throw .element(error) }
        guard let kind else { return nil }
        let element: OwnershipElement
        do throws(DecodeError) { element = try OwnershipElement(kind, &payload) } catch { throw .element(error) }
        guard payload.remaining == 0 else {
            throw .element(.malformed(offset: payload.offset, field: "element length"))
        }
        if element.hasEpochBeyondLimit { throw .epoch }
        return element
    }

    private init(_ kind: Kind, _ reader: inout WireReader) throws(DecodeError) {
        switch kind {
        case .name: self = .name(try Self.name(&reader))
        case .echo: self = .echo(try Self.echoes(&reader))
        case .claimsV4: self = .claims(try Self.claims(.ipv4, &reader))
        case .claimsV6: self = .claims(try Self.claims(.ipv6, &reader))
        case .about: self = .about(try Self.instance(&reader))
        case .fragment: self = .fragment(try Self.fragment(&reader))
        case .handoverV4: self = .handover(try Self.handover(.ipv4, &reader))
        case .handoverV6: self = .handover(try Self.handover(.ipv6, &reader))
        case .configurationAge:
            let age = try reader.uint32()
            self = .configurationAge(age == .max ? nil : age)
        case .helloCount: self = .helloCount(try reader.uint32())
        case .highestVersion: self = .highestVersion(try reader.uint8())
        }
    }

    /// An epoch that no honest member reaches: taken over, it would let the VIP never move again.
    private var hasEpochBeyondLimit: Bool {
        switch self {
        case .claims(let claims): claims.changes.contains { ($0.claim?.epoch ?? 0) >= Claim.epochLimit }
        case .handover(let handover): handover.entries.contains { $0.epoch >= Claim.epochLimit }
        default: false
        }
    }

    private static func instance(_ reader: inout WireReader) throws(DecodeError) -> InstanceID {
        let offset = reader.offset
        guard let instance = InstanceID(bits: try reader.uint64()) else {
            throw .malformed(offset: offset, field: "instance")
        }
        return instance
    }

    private static func name(_ reader: inout WireReader) throws(DecodeError) -> String {
        let offset = reader.offset
        let bytes = reader.rest()
        guard (1...253).contains(bytes.count), let name = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(offset: offset, field: "name")
        }
        return name
    }

    private static func echoes(_ reader: inout WireReader) throws(DecodeError) -> [EchoEntry] {
        guard reader.remaining % echoLength == 0, reader.remaining / echoLength <= echoLimit else {
            throw .malformed(offset: reader.offset, field: "echo")
        }
        var entries: [EchoEntry] = []
        entries.reserveCapacity(reader.remaining / echoLength)
        while reader.remaining > 0 {
            let peer = try instance(&reader)
            let (sequence, version, age) = (try reader.uint32(), try reader.uint32(), try reader.uint16())
            let bits = try reader.uint16()
            entries.append(
                EchoEntry(
                    instance: peer, sequence: sequence, tableVersion: version, age: age,
                    isTwoWay: bits & EchoEntry.twoWayBit != 0, mayWait: bits & EchoEntry.mayWaitBit != 0))
        }
        return entries
    }

    private static func address(_ family: IPFamily, _ reader: inout WireReader) throws(DecodeError) -> IPAddress {
        let offset = reader.offset
        guard let address = IPAddress(octets: try reader.take(family.bitWidth / 8)) else {
            throw .malformed(offset: offset, field: "address")
        }
        return address
    }

    private static func claims(_ family: IPFamily, _ reader: inout WireReader) throws(DecodeError) -> ClaimsElement {
        let offset = reader.offset
        var element = ClaimsElement(from: try reader.uint32(), to: try reader.uint32(), changes: [])
        guard reader.remaining % claimLength(family) == 0 else {
            throw .malformed(offset: reader.offset, field: "claims")
        }
        element.changes.reserveCapacity(reader.remaining / claimLength(family))
        while reader.remaining > 0 {
            let vip = try address(family, &reader)
            let epoch = try reader.uint32()
            element.changes.append(ClaimChange(vip, Claim(epoch: epoch, bits: try reader.uint8())))
        }
        guard element.from == element.to || element.to &- element.from == UInt32(element.changes.count) else {
            throw .malformed(offset: offset, field: "claims versions")
        }
        return element
    }

    private static func fragment(_ reader: inout WireReader) throws(DecodeError) -> FragmentElement {
        let offset = reader.offset
        let fragment = FragmentElement(
            index: try reader.uint16(), count: try reader.uint16(), tableVersion: try reader.uint32())
        guard fragment.index < fragment.count, fragment.count <= FragmentElement.limit else {
            throw .malformed(offset: offset, field: "fragment")
        }
        return fragment
    }

    private static func handover(
        _ family: IPFamily, _ reader: inout WireReader
    ) throws(DecodeError) -> HandoverElement {
        var element = HandoverElement(successor: try instance(&reader), entries: [])
        guard reader.remaining % handoverLength(family) == 0 else {
            throw .malformed(offset: reader.offset, field: "hand-over")
        }
        while reader.remaining > 0 {
            let vip = try address(family, &reader)
            element.entries.append(.init(vip: vip, epoch: try reader.uint32()))
        }
        return element
    }
}

extension Claim {
    /// An entry from its fields, or nil where the bits say that there is none any more.
    fileprivate init?(epoch: UInt32, bits: UInt8) {
        if bits & Self.removedBit != 0 && bits & Self.deletedBit == 0 { return nil }
        self.init(
            epoch: epoch, isIsolated: bits & Self.isolatedBit != 0, isDeletion: bits & Self.deletedBit != 0)
    }
}
