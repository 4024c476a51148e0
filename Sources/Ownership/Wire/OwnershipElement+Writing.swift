import Addresses
import Wire

extension OwnershipElement {
    func write(to writer: inout WireWriter) {
        writer.uint8(kind.rawValue)
        writer.uint8(0)
        let lengthOffset = writer.count
        writer.uint16(0)
        writePayload(to: &writer)
        writer.patch(uint16: UInt16(truncatingIfNeeded: writer.count - lengthOffset - 2), at: lengthOffset)
    }

    private var kind: Kind {
        switch self {
        case .name: .name
        case .echo: .echo
        case .claims(let claims): claims.changes.first?.vip.family == .ipv6 ? .claimsV6 : .claimsV4
        case .about: .about
        case .fragment: .fragment
        case .handover(let handover): handover.entries.first?.vip.family == .ipv6 ? .handoverV6 : .handoverV4
        case .configurationAge: .configurationAge
        case .helloCount: .helloCount
        case .highestVersion: .highestVersion
        }
    }

    private func writePayload(to writer: inout WireWriter) {
        switch self {
        case .name(let name): writer.append(name.utf8)
        case .echo(let entries): for entry in entries { entry.write(to: &writer) }
        case .claims(let claims): claims.write(to: &writer)
        case .about(let instance): writer.uint64(instance.bits)
        case .fragment(let fragment):
            writer.uint16(fragment.index)
            writer.uint16(fragment.count)
            writer.uint32(fragment.tableVersion)
        case .handover(let handover):
            writer.uint64(handover.successor.bits)
            for entry in handover.entries {
                writer.append(entry.vip.octets)
                writer.uint32(entry.epoch)
            }
        case .configurationAge(let age): writer.uint32(age ?? .max)
        case .helloCount(let count): writer.uint32(count)
        case .highestVersion(let version): writer.uint8(version)
        }
    }
}

extension EchoEntry {
    fileprivate func write(to writer: inout WireWriter) {
        writer.uint64(instance.bits)
        writer.uint32(sequence)
        writer.uint32(tableVersion)
        writer.uint16(age)
        writer.uint16(bits)
    }
}

extension ClaimsElement {
    fileprivate func write(to writer: inout WireWriter) {
        writer.uint32(from)
        writer.uint32(to)
        for change in changes {
            writer.append(change.vip.octets)
            writer.uint32(change.claim?.epoch ?? 0)
            writer.uint8(change.claim?.bits ?? Claim.removedBit)
        }
    }
}
