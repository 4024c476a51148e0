import Addresses
import BGP
import BGPTestSupport
import Testing
import Timing

@Suite("Leaving and coming back")
struct DepartureTests {
    static let restartOpen = TestSpeaker.peerOpen(
        capabilities: TestSpeaker.capabilities + " " + TestSpeaker.restartCapability)
    static let restartWithoutN = TestSpeaker.peerOpen(
        capabilities: TestSpeaker.capabilities + " 40 06 0078 0001 01 80")

    static func speaker(gracefulRestart: UInt16? = 120) throws -> TestSpeaker {
        var speaker = TestSpeaker(try TestSpeaker.configuration { $0.gracefulRestartSeconds = gracefulRestart })
        for index in 0..<2000 { speaker.table.announce(ExportTableTests.host(index)) }
        return speaker
    }

    static func received(_ speaker: TestSpeaker, _ id: ConnectionID) throws -> ReceivedTable {
        var table = ReceivedTable()
        let framesEnd = speaker.written[id] ?? []
        try table.read(framesEnd)
        return table
    }

    @Test("graceful restart is offered with N, F for each family, and R only when it is one")
    func capability() throws {
        for (isRestarted, head) in [(true, "C078"), (false, "4078")] {
            var speaker = try Self.speaker()
            let id = try speaker.connect(isRestarted: isRestarted)
            let written = speaker.written[id] ?? []
            let wanted = hex("40 06 \(head) 0001 01 80")
            #expect(written.indices.contains { written[$0...].starts(with: wanted) })
        }
    }

    @Test("R is for the first session after a restart, within the restart time")
    func restartFlag() throws {
        func hasFlag(_ speaker: TestSpeaker, _ id: ConnectionID) throws -> Bool {
            let open = try OpenMessage(decoding: try #require(try speaker.messages(id).first).body)
            return open.gracefulRestart?.isRestarting ?? false
        }
        var speaker = try Self.speaker()
        var id = try speaker.connect(isRestarted: true)
        speaker.handle(.closed(id, ""))
        speaker.advance(.seconds(10))
        id = try #require(speaker.dialled)
        speaker.handle(.connected(id, speaker.path))
        #expect(try hasFlag(speaker, id))
        speaker.handle(.received(id, Self.restartOpen))
        speaker.handle(.received(id, BGPMessage.keepalive))
        speaker.handle(.reset(nil))
        id = try #require(speaker.dialled)
        speaker.handle(.connected(id, speaker.path))
        #expect(try !hasFlag(speaker, id))

        speaker = try Self.speaker()
        speaker.handle(.start(isRestarted: true))
        speaker.handle(.dialFailed(try #require(speaker.dialled), "no route"))
        speaker.now = speaker.now + .seconds(120)
        speaker.handle(.timer)
        id = try #require(speaker.dialled)
        speaker.handle(.connected(id, speaker.path))
        #expect(try !hasFlag(speaker, id))
    }

    @Test("End-of-RIB waits until the wanted routes are known, the routes do not")
    func endOfRIB() throws {
        var speaker = try Self.speaker()
        speaker.table.isComplete = false
        let id = try speaker.establish(Self.restartOpen, isRestarted: true)
        #expect(try Self.received(speaker, id).routes.count == 2000)
        #expect(try speaker.messages(id).last.map { Array($0.body) } != [0, 0, 0, 0])
        speaker.table.announce(ExportTableTests.host(5000))
        speaker.table.isComplete = true
        speaker.output()
        let frames = try speaker.messages(id)
        #expect(Array(try #require(frames.last).body) == [0, 0, 0, 0])
        #expect(try Self.received(speaker, id).routes.count == 2001)
        let count = frames.count
        speaker.output()
        #expect(try speaker.messages(id).count == count)
    }

    @Test("a restart closes the connection without a word, so that the router keeps the routes")
    func restart() throws {
        var speaker = try Self.speaker()
        let id = try speaker.establish(Self.restartOpen)
        let before = speaker.written[id]
        speaker.handle(.stop(.restart))
        #expect(speaker.written[id] == before)
        #expect(speaker.last.contains(.close(id)))
        #expect(speaker.last.last == .stopped)
        #expect(speaker.session.state == .idle && speaker.session.nextDeadline == nil)
    }

    typealias Row = (name: String, offers: UInt16?, open: [UInt8], reason: Departure, notification: NotificationMessage)
    static let text = ShutdownCommunication("node drain")
    static let rows: [Row] = [
        (
            "no graceful restart", nil, restartOpen, .shutdown(text),
            .cease(.administrativeShutdown, communication: text)
        ),
        ("peer without it", 120, TestSpeaker.peerOpen(), .shutdown(nil), .cease(.administrativeShutdown)),
        ("peer without N", 120, restartWithoutN, .shutdown(text), .cease(.administrativeShutdown, communication: text)),
        (
            "N on both sides", 120, restartOpen, .shutdown(text),
            NotificationMessage.cease(.administrativeShutdown, communication: text).asHardReset
        ),
        ("deconfigured", 120, restartOpen, .deconfigured, NotificationMessage.cease(.peerDeconfigured).asHardReset),
        ("restart without graceful restart", nil, restartOpen, .restart, .cease(.administrativeShutdown)),
    ]

    @Test("whoever leaves for good withdraws everything, then says so, with N as a Hard Reset", arguments: rows.indices)
    func shutdown(index: Int) throws {
        let row = Self.rows[index]
        var speaker = try Self.speaker(gracefulRestart: row.offers)
        let id = try speaker.establish(row.open)
        speaker.handle(.stop(row.reason))
        #expect(try Self.received(speaker, id).routes.isEmpty)
        #expect(try speaker.notification(id) == row.notification)
        #expect(speaker.last.contains(.close(id)))
        #expect(speaker.last.last == .stopped)
        #expect(speaker.table.footprint < 5000)
    }

    @Test("a peer that does not read is left after two seconds all the same")
    func stuckShutdown() throws {
        var speaker = try Self.speaker()
        let id = try speaker.establish(Self.restartOpen)
        speaker.handle(.stop(.shutdown(nil)), reads: false)
        #expect(speaker.session.state == .established)
        speaker.advance(.milliseconds(1999))
        #expect(speaker.session.state == .established)
        speaker.advance(.milliseconds(1))
        #expect(speaker.session.state == .idle)
        #expect(try speaker.notification(id)?.isHardReset == true)
        #expect(speaker.last.contains(.stopped))
    }

    @Test("a drain asks routers for other paths first, then withdraws")
    func drain() throws {
        var speaker = try Self.speaker()
        let id = try speaker.establish(Self.restartOpen)
        speaker.handle(.stop(.drain(.seconds(5), Self.text)))
        var received = try Self.received(speaker, id)
        #expect(received.routes.count == 2000)
        #expect(received.routes.values.allSatisfy { $0.suffix(4) == [0xFF, 0xFF, 0, 0] })
        #expect(speaker.session.status(speaker.table).isLeaving)
        // a route that comes while it drains is marked too
        speaker.table.announce(ExportTableTests.host(9000))
        speaker.output()
        received = try Self.received(speaker, id)
        #expect(received.routes["10.0.35.40/32"]?.suffix(4) == [0xFF, 0xFF, 0, 0])
        speaker.advance(.seconds(5))
        #expect(try Self.received(speaker, id).routes.isEmpty)
        #expect(try speaker.notification(id)?.communication == Self.text)
    }

    @Test("stopping what is not up is at once, with a word to those who have said theirs")
    func stopEarly() throws {
        var speaker = try Self.speaker()
        speaker.handle(.stop(.shutdown(nil)))
        #expect(speaker.last == [.stopped])
        let id = try speaker.connect()
        speaker.handle(.stop(.shutdown(nil)))
        #expect(try speaker.notification(id) == NotificationMessage.cease(.administrativeShutdown))
        #expect(speaker.last.suffix(2) == [.close(id), .stopped])
        speaker.handle(.start(isRestarted: false))
        let dial = try #require(speaker.dialled)
        speaker.handle(.stop(.deconfigured))
        #expect(speaker.last == [.close(dial), .stopped])
    }

    @Test("a router that restarts takes over with its new connection if it keeps forwarding, else it has to wait")
    func peerRestart() throws {
        for isGraceful in [true, false] {
            var speaker = try Self.speaker(gracefulRestart: isGraceful ? 120 : nil)
            let old = try speaker.establish(Self.restartOpen)
            let new = ConnectionID.incoming(1)
            let before = speaker.written[old]
            speaker.handle(.connected(new, speaker.path))
            speaker.handle(.received(new, Self.restartOpen))
            #expect(speaker.written[old] == before)
            guard isGraceful else {
                #expect(try speaker.notification(new) == NotificationMessage.cease(.connectionCollision))
                #expect(speaker.session.establishedConnection == old)
                continue
            }
            #expect(speaker.last.contains(.down(.replaced)))
            #expect(speaker.last.contains(.close(old)))
            speaker.handle(.received(new, BGPMessage.keepalive))
            #expect(speaker.session.establishedConnection == new)
            #expect(try Self.received(speaker, new).routes.count == 2000)
        }
    }
}
