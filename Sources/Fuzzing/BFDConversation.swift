import Benchmarking
import Addresses
import BFD
import Timing

/// A session of BFD that hears damaged packets while time passes.
enum BFDConversation {
    private static let mutation = Mutation(Corpus.bfd)
    private static let near = IPAddress(v4: 0x0A00_0001)
    private static let far = IPAddress(v4: 0x0A00_0002)

    static func run(_ random: inout SplitMix) -> String? {
        var demultiplexer = BFDDemultiplexer()
        let path = BFDPath.singleHop(from: near, to: far, interface: 2)
        let own = demultiplexer.discriminator(for: path, using: &random)
        let settings = BFDSettings(transmitInterval: .milliseconds(50), receiveInterval: .milliseconds(50))
        var session = BFDSession(discriminator: own, settings: settings, using: &random)
        var now = Instant(nanoseconds: 1_000_000_000)
        _ = session.handle(.started, at: now, using: &random)
        for _ in 0..<40 {
            var effects: [BFDEffect] = []
            if random.next() % 3 == 0 {
                now = session.nextDeadline.map { max($0, now) } ?? now + .seconds(1)
                effects = session.handle(.tick, at: now, using: &random)
                if let next = session.nextDeadline, next <= now { return "a deadline is not met by its own tick" }
            } else if let message = message(to: own, &demultiplexer, &random) {
                effects = session.handle(.received(message, hopLimit: 255), at: now, using: &random)
            }
            if effects.count > 6 { return "\(effects.count) effects of one event" }
            for case .send(let bytes) in effects where (try? BFDMessage(decoding: bytes)) == nil {
                return "a packet of ours is none"
            }
        }
        return nil
    }

    /// A packet that found the session.
    private static func message(
        to own: UInt32, _ demultiplexer: inout BFDDemultiplexer, _ random: inout SplitMix
    ) -> BFDMessage? {
        var bytes = mutation.message(using: &random)
        if bytes.count >= 12, random.next() % 4 > 0, bytes[8..<12].contains(where: { $0 > 0 }) {
            for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: own >> UInt32(24 - 8 * index)) }
        }
        let datagram = BFDDatagram(
            bytes: bytes, kind: .singleHop, source: far, destination: near, interface: 2, hopLimit: 255)
        return try? demultiplexer.route(datagram).message
    }

    /// Frames of the echo function: what is read of one has stood in it, and counts once at most.
    static func echo(_ random: inout SplitMix) -> String? {
        let frame = echoes.message(using: &random)
        guard case .echo(let payload) = BFDEchoFrame.decode(frame, own: near, peer: far) else { return nil }
        if payload.count > frame.count - 42 { return "\(payload.count) bytes of echo in \(frame.count) of frame" }
        guard let packet = try? BFDEcho(decoding: payload) else { return nil }
        return packet.encoded == payload ? nil : "an echo packet is not what it was once read and written again"
    }

    private static let echoes: Mutation = {
        let macs = (own: MACAddress(bits: 0x0200_0000_0001), peer: MACAddress(bits: 0x0200_0000_0002))
        let echo = BFDEcho(discriminator: 1, sequence: 2, nonce: 3).encoded
        let sent = BFDEchoFrame.encode(echo, address: near, from: macs.own, to: macs.peer)
        var control = sent
        (control[29], control[37]) = (2, 0xC8)
        return Mutation([sent, control])
    }()
}
