import Addresses
import BGP
import Testing
import Timing

/// A session with its table, and a hand that plays the other end byte by byte.
struct TestSpeaker {
    static let us: UInt32 = 65001
    static let them: UInt32 = 65000

    var session: PeerSession
    var table = ExportTable()
    var now = Instant(nanoseconds: 1_000_000_000)
    var random = SeededGenerator(seed: 1)
    /// Effects of the last event, those of output included.
    var last: [PeerEffect] = []
    /// All bytes written, by connection.
    var written: [ConnectionID: [UInt8]] = [:]
    /// True if the kernel takes no bytes of its own accord.
    var isStuck = false
    var path = ConnectionPath(local: IPAddress(v4: 0x0A00_0001))

    static func configuration(_ change: (inout PeerConfiguration) -> Void = { _ in }) throws -> PeerConfiguration {
        var configuration = PeerConfiguration(
            myASN: us, remoteAS: .number(them), identifier: try #require(BGPIdentifier(bits: 0x0A00_0001)),
            families: [.ipv4Unicast])
        change(&configuration)
        return configuration
    }

    init(_ configuration: PeerConfiguration) { session = PeerSession(configuration) }

    /// Handles an event and takes what the session wants to write, unless the peer does not read.
    mutating func handle(_ event: PeerEvent, reads: Bool = true) {
        last = session.handle(event, at: now, using: &random)
        note(last)
        for case .send(let id, _) in last where reads && !isStuck {
            _ = session.handle(.wrote(id, isPending: false), at: now, using: &random)
        }
        if reads, last.contains(where: { if case .output = $0 { true } else { false } }) { output() }
    }

    mutating func nextOutput(budget: Int = 65536) -> PeerOutput? {
        session.output(from: &table, budget: budget, at: now)
    }

    mutating func output(budget: Int = 65536) {
        while let output = nextOutput(budget: budget) {
            written[output.connection, default: []] += output.bytes
            last += output.effects
            note(output.effects)
            if !output.bytes.isEmpty {
                let more = session.handle(.wrote(output.connection, isPending: false), at: now, using: &random)
                #expect(more.isEmpty)
            }
            if !output.isMore { break }
        }
    }

    private mutating func note(_ effects: [PeerEffect]) {
        for effect in effects {
            switch effect {
            case .send(let id, let bytes): written[id, default: []] += bytes
            case .release(let reader): table.detach(reader)
            default: break
            }
        }
    }

    /// Lets time pass, deadline by deadline.
    mutating func advance(_ duration: Duration) {
        let end = now + duration
        var effects: [PeerEffect] = []
        while let deadline = session.nextDeadline, deadline <= end {
            now = max(now, deadline)
            handle(.timer)
            effects += last
        }
        now = end
        last = effects
    }

    /// The connection that the last events asked for.
    var dialled: ConnectionID? {
        for case .dial(let id) in last { return id }
        return nil
    }

    /// Starts and lets the dial succeed; the connection is in OpenSent.
    mutating func connect(isRestarted: Bool = false) throws -> ConnectionID {
        handle(.start(isRestarted: isRestarted))
        let id = try #require(dialled)
        handle(.connected(id, path))
        return id
    }

    /// Up to Established, with this OPEN of the peer.
    mutating func establish(_ open: [UInt8] = peerOpen(), isRestarted: Bool = false) throws -> ConnectionID {
        let id = try connect(isRestarted: isRestarted)
        handle(.received(id, open))
        handle(.received(id, BGPMessage.keepalive))
        #expect(session.state == .established)
        return id
    }

    /// Messages written to a connection, and nothing left over.
    func messages(_ id: ConnectionID) throws -> [MessageFrame] {
        var framer = MessageFramer()
        framer.append(written[id] ?? [])
        var frames: [MessageFrame] = []
        while let frame = try framer.next() {
            frames.append(MessageFrame(type: frame.type, body: Array(frame.body)[...]))
        }
        #expect(framer.pendingCount == 0)
        return frames
    }

    /// The NOTIFICATION that a connection ended with, if it did.
    func notification(_ id: ConnectionID) throws -> NotificationMessage? {
        guard let frame = try messages(id).last, frame.type == .notification else { return nil }
        return try NotificationMessage(decoding: frame.body)
    }

    var isClosed: Bool {
        last.contains {
            switch $0 {
            case .close, .abort: true
            default: false
            }
        }
    }

    // MARK: The other end's OPEN

    static let capabilities = "01 04 0001 00 01  02 00  41 04 0000FDE8  46 00"
    static let restartCapability = "40 06 4078 0001 01 80"

    static func peerOpen(
        version: UInt8 = 4, shortAS: UInt16 = 65000, hold: UInt16 = 90, identifier: UInt32 = 0x0A00_0002,
        capabilities: String = capabilities
    ) -> [UInt8] {
        let values = hex(capabilities)
        let parameter = values.isEmpty ? [] : [2, UInt8(values.count)] + values
        return rawOpen(
            version: version, shortAS: shortAS, hold: hold, identifier: identifier,
            parameters: [UInt8(parameter.count)] + parameter)
    }

    static func rawOpen(
        version: UInt8 = 4, shortAS: UInt16 = 65000, hold: UInt16 = 90, identifier: UInt32 = 0x0A00_0002,
        parameters: [UInt8]
    ) -> [UInt8] {
        func octets(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * (count - 1 - $0))) }
        }
        return UpdateBytes.message(
            [version] + octets(UInt32(shortAS), 2) + octets(UInt32(hold), 2) + octets(identifier, 4) + parameters,
            type: 1)
    }
}
