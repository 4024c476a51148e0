import Addresses
package import Timing
import Wire

/// Answers for a VIP what the kernel does not, because the VIP is no address of the node: echo requests, and what comes to
/// a port that no Service has.
///
/// What comes to a Service's port is dropped and never refused: the rules of a new Service may not be written yet, and a
/// client tries again by itself.
package struct SinkResponder: Sendable {
    /// What became of the packets so far.
    package private(set) var counts = SinkCounts()
    private var bucket: TokenBucket

    /// A responder that looks at so many packets a second, answered or not, and after a pause at a burst.
    package init(perSecond: Int = 1000, burst: Int = 250) {
        bucket = TokenBucket(perSecond: perSecond, burst: burst)
    }

    /// When packets are looked at again, if the limit is reached; else nil. Until then each is dropped unseen, so that
    /// whoever reads them does better to pause.
    package var nextDeadline: Instant? { bucket.nextDeadline }

    /// The answer to a packet that was routed into the sink, if there is one.
    /// - Parameters:
    ///   - packet: an IPv4 datagram from its first byte; bytes behind its end are ignored.
    ///   - served: the ports of Services; nil while they are not known, and then no port is refused.
    package mutating func reply(to packet: ArraySlice<UInt8>, served: Set<ServedPort>?, at now: Instant) -> SinkReply? {
        guard bucket.take(at: now) else {
            counts.limited += 1
            return nil
        }
        switch Self.verdict(on: packet, served: served) {
        case .reply(let reply):
            counts.add(reply.kind)
            return reply
        case .served: counts.served += 1
        case .ignored: counts.ignored += 1
        }
        return nil
    }

    /// Counts packets that were dropped before anybody could look at them, for none was read meanwhile.
    package mutating func missed(_ packets: Int) { counts.limited += packets }
}

extension SinkResponder {
    private enum Verdict {
        case reply(SinkReply)
        case served
        case ignored
    }

    private static func verdict(on packet: ArraySlice<UInt8>, served: Set<ServedPort>?) -> Verdict {
        var reader = WireReader(packet)
        // What cannot be read is not answered, whatever is wrong with it (RFC 1812 5.2.2).
        guard let packet = try? IPv4Packet(decoding: &reader), packet.mayBeAnswered else { return .ignored }
        var payload = WireReader(packet.payload)
        switch packet.protocolNumber {
        case 1:
            return SinkReply.echoReply(to: packet).map(Verdict.reply) ?? .ignored
        case TransportProtocol.tcp.rawValue:
            // Of a fragment the length is not known, which the reset has to acknowledge.
            guard !packet.isFragment, let segment = try? TCPOpening(decoding: &payload) else { return .ignored }
            let port = ServedPort(packet.destination, .tcp, segment.destinationPort)
            return served?.contains(port) == false ? .reply(.reset(to: packet, segment: segment)) : .served
        case TransportProtocol.udp.rawValue:
            guard let port = try? payload.udpDestinationPort(isFragment: packet.isFragment) else { return .ignored }
            let isFree = served?.contains(ServedPort(packet.destination, .udp, port)) == false
            return isFree ? .reply(.unreachable(.portUnreachable, to: packet)) : .served
        case TransportProtocol.sctp.rawValue:
            guard let port = (try? payload.sctpInitiatedPort()) ?? nil else { return .ignored }
            let isFree = served?.contains(ServedPort(packet.destination, .sctp, port)) == false
            return isFree ? .reply(.unreachable(.protocolUnreachable, to: packet)) : .served
        default:
            return .reply(.unreachable(.protocolUnreachable, to: packet))
        }
    }
}

extension IPv4Packet {
    /// False for what no answer is ever sent to: a later fragment, or a packet that is not from one host to another
    /// (RFC 1122 3.2.2).
    fileprivate var mayBeAnswered: Bool {
        fragmentOffset == 0 && source.isHost && destination.isHost && source != destination
    }
}

extension IPAddress {
    /// False for an IPv4 address that is no single host's: this network (0/8), loopback (127/8), multicast (class D), class E and
    /// the limited broadcast address. The broadcast address of a subnet cannot be told; the kernel refuses to send to it.
    fileprivate var isHost: Bool { ![0, 127].contains(bits >> 24) && bits < 0xE000_0000 }
}

extension WireReader {
    /// Reads a UDP header (RFC 768).
    fileprivate mutating func udpDestinationPort(isFragment: Bool) throws(DecodeError) -> UInt16 {
        let available = remaining
        _ = try uint16()  // source port
        let port = try uint16()
        let at = offset
        let length = Int(try uint16())
        _ = try uint16()  // checksum; not looked at, for a local sender leaves it to the device
        guard length >= 8, length <= available || isFragment else { throw .malformed(offset: at, field: "UDP length") }
        return port
    }

    /// Reads an SCTP packet (RFC 9260 3.1) that begins an association: INIT, with the verification tag 0; nil for any other, for
    /// an error would end an association that is well (RFC 9260 10).
    fileprivate mutating func sctpInitiatedPort() throws(DecodeError) -> UInt16? {
        _ = try uint16()  // source port
        let port = try uint16()
        let tag = try uint32()
        _ = try uint32()  // checksum
        let type = try uint8()
        return tag == 0 && type == 1 ? port : nil
    }
}
