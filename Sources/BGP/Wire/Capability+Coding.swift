import Wire

extension Capability {
    /// A capability from its code and value. A value of the wrong form makes it an unknown one, which is ignored:
    /// only a length that overruns is an error of OPEN.
    package init(code: UInt8, value: ArraySlice<UInt8>) {
        var reader = WireReader(value)
        if let known = try? Self.known(code: code, &reader), reader.remaining == 0 {
            self = known
        } else {
            self = .other(code: code, value: Array(value))
        }
    }

    private static func known(code: UInt8, _ reader: inout WireReader) throws(DecodeError) -> Capability? {
        switch code {
        case 1:
            let afi = try reader.uint16()
            _ = try reader.uint8()
            return .multiprotocol(AddressFamily(afi: afi, safi: try reader.uint8()))
        case 2: return .routeRefresh
        case 5: return .extendedNextHop(try nextHops(&reader))
        case 6: return .extendedMessage
        case 64: return .gracefulRestart(try GracefulRestart(decoding: &reader))
        case 65: return .fourOctetAS(try reader.uint32())
        case 70: return .enhancedRouteRefresh
        case 71: return .longLivedGracefulRestart(try longLived(&reader))
        default: return nil
        }
    }

    private static func nextHops(_ reader: inout WireReader) throws(DecodeError) -> [ExtendedNextHop] {
        var entries: [ExtendedNextHop] = []
        while reader.remaining > 0 {
            let afi = try reader.uint16()
            // two octets here, unlike everywhere else (RFC 8950 4)
            let safi = try reader.uint16()
            let nextHopAFI = try reader.uint16()
            guard let safi = UInt8(exactly: safi) else { continue }
            entries.append(
                ExtendedNextHop(family: AddressFamily(afi: afi, safi: safi), nextHopAFI: nextHopAFI))
        }
        return entries
    }

    private static func longLived(_ reader: inout WireReader) throws(DecodeError) -> [LongLivedFamily] {
        var entries: [LongLivedFamily] = []
        while reader.remaining > 0 {
            let family = AddressFamily(afi: try reader.uint16(), safi: try reader.uint8())
            let isKept = try reader.uint8() & 0x80 != 0
            let seconds = UInt32(try reader.uint8()) << 16 | UInt32(try reader.uint16())
            entries.append(LongLivedFamily(family: family, isForwardingKept: isKept, staleSeconds: seconds))
        }
        return entries
    }

    /// Code, length and value.
    package var encoded: [UInt8] {
        var writer = WireWriter(capacity: 8)
        writer.uint8(code)
        writer.uint8(0)
        writeValue(to: &writer)
        var bytes = writer.bytes
        bytes[1] = UInt8(truncatingIfNeeded: bytes.count - 2)
        return bytes
    }

    private func writeValue(to writer: inout WireWriter) {
        switch self {
        case .routeRefresh, .extendedMessage, .enhancedRouteRefresh: break
        case .multiprotocol(let family):
            writer.uint16(family.afi)
            writer.uint8(0)
            writer.uint8(family.safi)
        case .extendedNextHop(let entries):
            for entry in entries {
                writer.uint16(entry.family.afi)
                writer.uint16(UInt16(entry.family.safi))
                writer.uint16(entry.nextHopAFI)
            }
        case .gracefulRestart(let restart): restart.write(to: &writer)
        case .fourOctetAS(let number): writer.uint32(number)
        case .longLivedGracefulRestart(let entries):
            for entry in entries {
                writer.uint16(entry.family.afi)
                writer.uint8(entry.family.safi)
                writer.uint8(entry.isForwardingKept ? 0x80 : 0)
                writer.uint8(UInt8(truncatingIfNeeded: entry.staleSeconds >> 16))
                writer.uint16(UInt16(truncatingIfNeeded: entry.staleSeconds))
            }
        case .other(_, let value): writer.append(value.prefix(255))
        }
    }
}
