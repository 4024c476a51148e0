import Addresses
import BGP
import Testing
import Timing

/// Two speakers that dial each other over links that deliver in any order among connections.
struct SpeakerPair {
    private struct Segment {
        var to: Int
        var event: PeerEvent
    }

    var speakers: [TestSpeaker]
    private var random: SeededGenerator
    /// What is under way, by direction and connection: order holds within one.
    private var wires: [String: [Segment]] = [:]
    private var dials: [(from: Int, id: ConnectionID)] = []
    /// The other end's name for a connection: the dial's number is unique among both.
    private var live: Set<String> = []

    init(_ configurations: [PeerConfiguration], seed: UInt64) {
        speakers = configurations.map { TestSpeaker($0) }
        random = SeededGenerator(seed: seed &+ 77)
        for index in speakers.indices {
            speakers[index].random = SeededGenerator(seed: seed &* 2 &+ UInt64(index))
            speakers[index].handle(.start(isRestarted: false), reads: false)
            act(index)
        }
    }

    private static func key(_ dialler: Int, _ number: UInt64) -> String { "\(dialler)/\(number)" }
    private func key(_ owner: Int, _ id: ConnectionID) -> String {
        Self.key(id.initiator == .us ? owner : 1 - owner, id.number)
    }
    private func mirror(_ id: ConnectionID) -> ConnectionID? {
        id.initiator == .us ? .incoming(id.number) : speakersOutgoing(id.number)
    }
    private func speakersOutgoing(_ number: UInt64) -> ConnectionID? { outgoing[number] }
    private var outgoing: [UInt64: ConnectionID] = [:]

    private mutating func act(_ index: Int) {
        for effect in speakers[index].last {
            switch effect {
            case .dial(let id):
                outgoing[id.number] = id
                dials.append((index, id))
            case .send(let id, let bytes): post(index, id, { .received($0, bytes) })
            case .close(let id), .abort(let id):
                dials.removeAll { $0.from == index && $0.id == id }
                post(index, id, { .closed($0, "") })
                live.remove(key(index, id) + ">\(index)")
            case .output:
                while let output = speakers[index].nextOutput() {
                    if !output.bytes.isEmpty { post(index, output.connection, { .received($0, output.bytes) }) }
                    if !output.isMore { break }
                }
            default: break
            }
        }
    }

    private mutating func post(_ from: Int, _ id: ConnectionID, _ event: (ConnectionID) -> PeerEvent) {
        guard live.contains(key(from, id) + ">\(from)"), let other = mirror(id) else { return }
        wires[key(from, id) + ">\(1 - from)", default: []].append(Segment(to: 1 - from, event: event(other)))
    }

    /// One event, chosen by chance; false if nothing is under way.
    mutating func step() -> Bool {
        let busy = wires.filter { !$0.value.isEmpty }.keys.sorted()
        let choice = Int.random(in: 0..<max(1, busy.count + dials.count), using: &random)
        if choice < busy.count, var queue = wires[busy[choice]] {
            let segment = queue.removeFirst()
            wires[busy[choice]] = queue
            guard live.contains(busy[choice]) else { return true }
            if case .closed = segment.event { live.remove(busy[choice]) }
            speakers[segment.to].handle(segment.event, reads: false)
            act(segment.to)
            return true
        }
        guard !dials.isEmpty else { return false }
        let dial = dials.remove(at: choice - busy.count)
        let name = Self.key(dial.from, dial.id.number)
        live.formUnion([name + ">0", name + ">1"])
        // the listener may hear of it before the dialler, or after
        let order = Bool.random(using: &random) ? [dial.from, 1 - dial.from] : [1 - dial.from, dial.from]
        for index in order {
            speakers[index].handle(
                .connected(index == dial.from ? dial.id : .incoming(dial.id.number), speakers[index].path), reads: false
            )
            act(index)
        }
        return true
    }

    /// Lets all that is under way arrive, and then time pass, until both are quiet and up.
    mutating func settle() -> Bool {
        for _ in 0..<200 {
            while step() {}
            if speakers.allSatisfy({ $0.session.state == .established }) { return true }
            let deadlines = speakers.compactMap(\.session.nextDeadline)
            guard let next = deadlines.min() else { return false }
            for index in speakers.indices {
                speakers[index].now = max(speakers[index].now, next)
                speakers[index].handle(.timer, reads: false)
                act(index)
            }
        }
        return false
    }

    /// The connections that carry the session, under one name for both ends.
    var carriers: [String?] {
        speakers.indices.map { index in speakers[index].session.establishedConnection.map { key(index, $0) } }
    }
}

@Suite("Two connections at once")
struct CollisionTests {
    static func configurations(_ change: (inout PeerConfiguration) -> Void = { _ in }) throws -> [PeerConfiguration] {
        let first = try TestSpeaker.configuration(change)
        var second = first
        second.myASN = TestSpeaker.them
        second.remoteAS = .number(TestSpeaker.us)
        second.identifier = try #require(BGPIdentifier(bits: 0x0A00_0002))
        return [first, second]
    }

    @Test("whatever the order of events, both ends come up on one connection", arguments: 0..<300)
    func interleavings(seed: UInt64) throws {
        var pair = SpeakerPair(try Self.configurations(), seed: seed)
        let isUp = pair.settle()
        #expect(isUp)
        #expect(pair.carriers[0] == pair.carriers[1])
    }

    @Test(
        "the same with graceful restart, which makes no old connection dead that is as new as the other",
        arguments: 0..<300)
    func withGracefulRestart(seed: UInt64) throws {
        var pair = SpeakerPair(try Self.configurations { $0.gracefulRestartSeconds = 120 }, seed: seed)
        let isUp = pair.settle()
        #expect(isUp)
        #expect(pair.carriers[0] == pair.carriers[1])
    }

    @Test(
        "of two the one that the higher identifier opened stays, then the higher AS",
        arguments: [0x0A00_0002, 0x0900_0002, 0x0A00_0001])
    func winner(identifier: UInt32) throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let ours = try speaker.connect()
        let theirs = ConnectionID.incoming(9)
        speaker.handle(.connected(theirs, speaker.path))
        let open = TestSpeaker.peerOpen(identifier: identifier)
        speaker.handle(.received(ours, open))
        speaker.handle(.received(theirs, open))
        // equal identifiers: our AS 65001 is the higher one
        let winner = identifier == 0x0A00_0002 ? theirs : ours
        let loser = winner == ours ? theirs : ours
        #expect(try speaker.notification(loser) == NotificationMessage.cease(.connectionCollision))
        #expect(speaker.last.contains(.close(loser)))
        speaker.handle(.received(winner, BGPMessage.keepalive))
        #expect(speaker.session.establishedConnection == winner)
        #expect(speaker.session.status(speaker.table).failures == 0)
    }

    @Test("a session that is up gives up its dial and refuses another connection")
    func established() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        speaker.handle(.start(isRestarted: false))
        let dial = try #require(speaker.dialled)
        let first = ConnectionID.incoming(1)
        speaker.handle(.connected(first, speaker.path))
        speaker.handle(.received(first, TestSpeaker.peerOpen()))
        speaker.handle(.received(first, BGPMessage.keepalive))
        #expect(speaker.last.contains(.close(dial)))
        let second = ConnectionID.incoming(2)
        speaker.handle(.connected(second, speaker.path))
        speaker.handle(.received(second, TestSpeaker.peerOpen()))
        #expect(try speaker.notification(second) == NotificationMessage.cease(.connectionCollision))
        #expect(speaker.session.establishedConnection == first)
    }

    @Test("when one of two connections dies the other goes on")
    func oneDies() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let ours = try speaker.connect()
        let theirs = ConnectionID.incoming(9)
        speaker.handle(.connected(theirs, speaker.path))
        speaker.handle(.closed(ours, "reset"))
        #expect(speaker.session.state == .openSent)
        speaker.handle(.received(theirs, TestSpeaker.peerOpen()))
        speaker.handle(.received(theirs, BGPMessage.keepalive))
        #expect(speaker.session.establishedConnection == theirs)
    }
}
