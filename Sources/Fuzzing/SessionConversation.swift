import Benchmarking
import Addresses
import BGP
import Timing

/// A session with a peer that sends damaged messages in any pieces, dials and hangs up, while time passes.
struct SessionConversation {
    private static let mutation = Mutation(Corpus.all)
    private static let steps = 60

    private var session: PeerSession
    private var table = ExportTable()
    private var now = Instant(nanoseconds: 1_000_000_000)
    private var random: SplitMix
    private var ids: [ConnectionID] = []
    private var written: [ConnectionID: MessageFramer] = [:]
    private var open: Set<ConnectionID> = []
    private var ups = 0
    private var lastIncoming: UInt64 = 0
    private var problem: String?

    static func run(_ random: inout SplitMix) -> String? {
        var conversation = SessionConversation(random)
        let problem = conversation.run()
        random = conversation.random
        return problem
    }

    /// How often the session of a case was established.
    static func establishments(_ random: inout SplitMix) -> Int {
        var conversation = SessionConversation(random)
        _ = conversation.run()
        random = conversation.random
        return conversation.session.record.establishments
    }

    private init(_ random: SplitMix) {
        self.random = random
        var configuration = PeerConfiguration(
            myASN: 65001, remoteAS: .number(65000), identifier: BGPIdentifier(hashing: "edge1"),
            families: self.random.next() % 2 == 0 ? [.ipv4Unicast] : [.ipv4Unicast, .ipv6Unicast])
        if self.random.next() % 2 == 0 { configuration.gracefulRestartSeconds = 60 }
        configuration.isPassive = self.random.next() % 4 == 0
        configuration.offersExtendedNextHop = self.random.next() % 2 == 0
        session = PeerSession(configuration)
        for index in 0..<30 { table.announce(IPPrefix(host: IPAddress(v4: 0xC000_0200 | UInt32(index)))) }
    }

    private mutating func run() -> String? {
        handle(.start(isRestarted: random.next() % 2 == 0))
        for _ in 0..<Self.steps where problem == nil { step() }
        handle(.stop(.shutdown(nil)))
        for _ in 0..<4 where problem == nil {
            now = now + .seconds(3)
            handle(.timer)
        }
        if problem == nil, session.state != .idle || session.nextDeadline != nil {
            problem = "the session does not come to rest: \(session.state)"
        }
        if problem == nil, ups != 0 { problem = "established and down do not come in pairs" }
        return problem
    }

    private mutating func step() {
        let id = ids.suffix(3).randomElement(using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<3: connect()
        case 3: if let id { close(id) }
        case 4..<6:
            now = session.nextDeadline.map { max($0, now) } ?? now + .seconds(1)
            handle(.timer)
        case 6..<10: if let id { converse(on: id) }
        default: if let id { send(Self.mutation.message(using: &random), mended: true, on: id) }
        }
    }

    private mutating func connect() {
        let path = ConnectionPath(local: IPAddress(v4: 0x0A00_0001))
        if let dialled = ids.last(where: { $0.initiator == .us && !open.contains($0) }), random.next() % 4 > 0 {
            open.insert(dialled)
            return handle(.connected(dialled, path))
        }
        lastIncoming += 1
        let id = ConnectionID.incoming(lastIncoming)
        ids.append(id)
        open.insert(id)
        handle(.connected(id, path))
    }

    private mutating func close(_ id: ConnectionID) {
        ids.removeAll { $0 == id }
        open.remove(id)
        handle(.closed(id, ""))
    }

    /// What brings a session up, whole.
    private mutating func converse(on id: ConnectionID) {
        send(Corpus.opens.randomElement(using: &random) ?? [], mended: false, on: id)
        send(BGPMessage.keepalive, mended: false, on: id)
    }

    private mutating func send(_ message: [UInt8], mended: Bool, on id: ConnectionID) {
        var message = message
        if mended, random.next() % 4 > 0 { Mutation.mendLength(of: &message) }
        var rest = message[...]
        while !rest.isEmpty {
            let length = random.next() % 2 == 0 ? rest.count : Int.random(in: 1...rest.count, using: &random)
            handle(.received(id, Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
    }

    private mutating func handle(_ event: PeerEvent) {
        let effects = session.handle(event, at: now, using: &random)
        if effects.count > 40 { problem = "\(effects.count) effects of one event" }
        perform(effects)
        if (session.state == .established) != (ups == 1) { problem = "established is \(session.state), \(ups) times" }
    }

    private mutating func perform(_ effects: [PeerEffect]) {
        for effect in effects {
            switch effect {
            case .dial(let id): ids.append(id)
            case .send(let id, let bytes): check(bytes, on: id)
            case .close(let id), .abort(let id):
                ids.removeAll { $0 == id }
                open.remove(id)
            case .output: output()
            case .established: ups += 1
            case .down: ups -= 1
            case .release(let reader): table.detach(reader)
            case .attemptFailed, .manyRoutesReceived, .stopped: break
            }
        }
    }

    private mutating func output() {
        while let output = session.output(from: &table, budget: 4096, at: now) {
            check(output.bytes, on: output.connection)
            perform(output.effects)
            perform(session.handle(.wrote(output.connection, isPending: false), at: now, using: &random))
            if !output.isMore { break }
        }
    }

    /// What we say is whole messages, whatever we hear.
    private mutating func check(_ bytes: [UInt8], on id: ConnectionID) {
        var framer = MessageFramer()
        framer.append(bytes)
        while true {
            guard let frame = try? framer.next() else { break }
            if frame.type == .notification, (try? NotificationMessage(decoding: frame.body)) == nil {
                problem = "a NOTIFICATION of ours is none"
            }
        }
        if framer.pendingCount > 0 { problem = "we sent no whole message" }
    }
}
