import Addresses
import BGP
import Testing
import Timing

@Suite("A session's timers")
struct SessionTimerTests {
    @Test("hold times: the lower counts, keepalives are a third of it or what is configured, if that is less")
    func holdTimes() throws {
        for (peerHold, configured, expected): (UInt16, Duration?, Duration) in [
            (30, nil, .seconds(10)), (180, nil, .seconds(30)), (30, .seconds(25), .seconds(10)),
            (30, .seconds(4), .seconds(4)),
        ] {
            var speaker = TestSpeaker(try TestSpeaker.configuration { $0.keepaliveTime = configured })
            let id = try speaker.establish(TestSpeaker.peerOpen(hold: peerHold))
            var times: [Instant] = []
            let start = speaker.now
            for _ in 0..<20 {
                speaker.now = try #require(speaker.session.nextDeadline)
                speaker.handle(.received(id, BGPMessage.keepalive))
                speaker.handle(.timer)
                if speaker.last == [.send(id, BGPMessage.keepalive)] { times.append(speaker.now) }
            }
            let gaps = zip([start] + times, times).map { $1 - $0 }
            #expect(times.count >= 5)
            #expect(gaps.allSatisfy { $0 <= expected && $0 >= expected * 0.74 })
        }
    }

    @Test("a peer that falls silent is told 4/0 after the hold time; UPDATEs alone keep it alive")
    func holdTimer() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish(TestSpeaker.peerOpen(hold: 9))
        for _ in 0..<10 {
            speaker.advance(.seconds(8))
            speaker.handle(.received(id, BGPMessage.endOfRIB(.ipv4Unicast)))
        }
        #expect(speaker.session.state == .established)
        speaker.advance(.milliseconds(8999))
        #expect(speaker.session.state == .established)
        speaker.advance(.milliseconds(1))
        #expect(try speaker.notification(id) == NotificationMessage(code: 4, subcode: 0))
        #expect(speaker.last.contains(.down(.sent(NotificationMessage(code: 4, subcode: 0)))))
    }

    @Test("hold time 0 needs no keepalives, and a connection that takes no bytes still ends")
    func holdZero() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish(TestSpeaker.peerOpen(hold: 0))
        speaker.advance(.seconds(7200))
        #expect(speaker.session.state == .established)
        #expect(try speaker.messages(id).filter { $0.type == .keepalive }.count == 1)
        speaker.handle(.wrote(id, isPending: true))
        speaker.advance(.seconds(479))
        #expect(speaker.session.state == .established)
        speaker.advance(.seconds(1))
        #expect(speaker.last.contains(.abort(id)))
        #expect(try speaker.notification(id) == NotificationMessage(code: 8, subcode: 0))
    }

    @Test("a peer that reads nothing is left after the hold time, though it sends; one that reads slowly is not")
    func sendHold() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish(TestSpeaker.peerOpen(hold: 9))
        func beat(_ speaker: inout TestSpeaker, _ count: Int, progress: Bool) {
            for _ in 0..<count where speaker.session.state == .established {
                speaker.advance(.seconds(3))
                speaker.handle(.received(id, BGPMessage.keepalive))
                if progress { speaker.handle(.wrote(id, isPending: true)) }
            }
        }
        speaker.isStuck = true
        speaker.handle(.wrote(id, isPending: true))
        beat(&speaker, 20, progress: true)
        #expect(speaker.session.state == .established)
        beat(&speaker, 4, progress: false)
        #expect(speaker.session.state == .idle)
        #expect(speaker.session.record.cause == .sent(NotificationMessage(code: 8, subcode: 0)))
    }

    @Test("a peer that accepts and says nothing is told 4/0 after 240 s")
    func silentPeer() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.connect()
        speaker.advance(.seconds(239))
        #expect(speaker.session.state == .openSent)
        speaker.advance(.seconds(1))
        #expect(try speaker.notification(id) == NotificationMessage(code: 4, subcode: 0))
    }

    @Test("a dial that fails is repeated after the connect time, one that hangs is given up for another")
    func dialling() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration { $0.connectTime = .seconds(5) })
        speaker.handle(.start(isRestarted: false))
        let first = try #require(speaker.dialled)
        speaker.handle(.dialFailed(first, "connection refused"))
        #expect(speaker.session.state == .active)
        #expect(speaker.last == [.attemptFailed(.dialFailed("connection refused"))])
        speaker.advance(.milliseconds(3700))
        #expect(speaker.last.isEmpty)
        speaker.advance(.milliseconds(1300))
        let second = try #require(speaker.dialled)
        #expect(second != first)
        speaker.advance(.seconds(5))
        #expect(speaker.last.contains(.close(second)))
        let third = try #require(speaker.dialled)
        // an answer that comes too late is closed
        speaker.handle(.connected(second, speaker.path))
        #expect(speaker.last == [.close(second)])
        speaker.handle(.connected(third, speaker.path))
        #expect(speaker.session.state == .openSent)
    }

    @Test("news of the peer cuts the wait between dials short, not the one after failures")
    func reachable() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        speaker.handle(.start(isRestarted: false))
        speaker.handle(.dialFailed(try #require(speaker.dialled), "no route"))
        speaker.handle(.reachable)
        let id = try #require(speaker.dialled)
        speaker.handle(.connected(id, speaker.path))
        speaker.handle(.received(id, BGPMessage.keepalive))
        #expect(speaker.session.state == .idle)
        speaker.handle(.reachable)
        #expect(speaker.last.isEmpty)
    }

    @Test("a peer that comes up and goes down again and again is tried less and less, up to two minutes")
    func damping() throws {
        var longest: [Duration] = Array(repeating: .zero, count: 12)
        for seed in 0..<60 {
            var speaker = TestSpeaker(try TestSpeaker.configuration())
            speaker.random = SeededGenerator(seed: UInt64(seed))
            speaker.handle(.start(isRestarted: false))
            for round in 0..<12 {
                let id = try #require(speaker.dialled)
                speaker.handle(.connected(id, speaker.path))
                speaker.handle(.received(id, TestSpeaker.peerOpen()))
                speaker.handle(.received(id, BGPMessage.keepalive))
                #expect(speaker.session.state == .established)
                speaker.handle(.received(id, NotificationMessage.cease(.administrativeShutdown).encoded))
                let wait = try #require(speaker.session.nextDeadline) - speaker.now
                longest[round] = max(longest[round], wait)
                speaker.now = speaker.now + wait
                speaker.handle(.timer)
            }
        }
        for (round, wait) in longest.enumerated() {
            let limit = min(1 << min(round, 7), 120)
            #expect(wait <= .seconds(limit) && wait > .seconds(limit) * 0.8)
        }
    }

    @Test("a session that was up for a minute is tried again at once when the router closes it")
    func stable() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish(TestSpeaker.peerOpen(hold: 0))
        speaker.advance(.seconds(60))
        speaker.handle(.closed(id, ""))
        #expect(speaker.dialled != nil)
        #expect(speaker.session.status(speaker.table).failures == 0)
    }
}
