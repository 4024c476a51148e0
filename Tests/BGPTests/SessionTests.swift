import Addresses
import BGP
import BGPTestSupport
import Testing
import Timing

@Suite("A session with one router")
struct SessionTests {
    @Test("the way up: OPEN at once, KEEPALIVE for the peer's OPEN, routes and End-of-RIB for its KEEPALIVE")
    func wayUp() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        speaker.table.announce(ExportTableTests.host(1))
        #expect(speaker.session.state == .idle)
        speaker.handle(.start(isRestarted: false))
        #expect(speaker.session.state == .connect)
        let id = try #require(speaker.dialled)
        speaker.handle(.connected(id, speaker.path))
        #expect(speaker.session.state == .openSent)
        #expect(
            speaker.written[id]
                == hex("FF*16 002F 01 04 FDE9 005A 0A000001 12 02 10 01 04 0001 00 01 02 00 41 04 0000FDE9 46 00"))
        speaker.handle(.received(id, TestSpeaker.peerOpen()))
        #expect(speaker.session.state == .openConfirm)
        speaker.handle(.received(id, BGPMessage.keepalive))
        #expect(speaker.session.state == .established)
        let frames = try speaker.messages(id)
        #expect(frames.map(\.type) == [.open, .keepalive, .update, .update])
        #expect(Array(frames[3].body) == [0, 0, 0, 0])
        let status = speaker.session.status(speaker.table)
        #expect(status.exports == [.ipv4: .active(sent: 1, pending: 0)])
        #expect(status.record.sent[.update] == 2)
        #expect(status.record.received.total == 2)
        #expect(status.terms?.holdTime == .seconds(90))
    }

    @Test("the cause of the trouble stays in sight while later attempts only find a closed port")
    func cause() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.connect()
        speaker.handle(.received(id, NotificationMessage.cease(.connectionRejected).encoded))
        speaker.advance(.seconds(1))
        speaker.handle(.dialFailed(try #require(speaker.dialled), "connection refused"))
        let record = speaker.session.record
        #expect(record.cause == .received(NotificationMessage.cease(.connectionRejected)))
        #expect(record.lastFailure == .dialFailed("connection refused"))
        #expect("\(try #require(record.cause))".contains("already has a session"))
    }

    @Test("a peer that does not know capabilities is tried once without")
    func withoutCapabilities() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let first = try speaker.connect()
        speaker.handle(.received(first, NotificationMessage(code: 2, subcode: 4).encoded))
        speaker.advance(.seconds(1))
        let second = try #require(speaker.dialled)
        speaker.handle(.connected(second, speaker.path))
        #expect(speaker.written[second] == hex("FF*16 001D 01 04 FDE9 005A 0A000001 00"))
        speaker.handle(.received(second, TestSpeaker.peerOpen(capabilities: "")))
        speaker.handle(.received(second, BGPMessage.keepalive))
        #expect(speaker.session.state == .established)
        #expect(speaker.session.status(speaker.table).terms?.isFourOctet == false)
        speaker.handle(.reset(nil))
        let third = try #require(speaker.dialled)
        speaker.handle(.connected(third, speaker.path))
        #expect((speaker.written[third]?.count ?? 0) > 29)
    }

    @Test("a passive session waits, and one that is idle refuses")
    func passive() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration { $0.isPassive = true })
        let early = ConnectionID.incoming(1)
        speaker.handle(.connected(early, speaker.path))
        #expect(try speaker.notification(early) == NotificationMessage.cease(.connectionRejected))
        #expect(speaker.last.contains(.close(early)))
        speaker.handle(.start(isRestarted: false))
        #expect(speaker.last.isEmpty && speaker.session.state == .active && speaker.session.nextDeadline == nil)
        let id = ConnectionID.incoming(2)
        speaker.handle(.connected(id, speaker.path))
        // a peer that comes again before it has said anything has given up the first
        let again = ConnectionID.incoming(3)
        speaker.handle(.connected(again, speaker.path))
        #expect(speaker.last.contains(.close(id)))
        speaker.handle(.received(again, TestSpeaker.peerOpen()))
        speaker.handle(.received(again, BGPMessage.keepalive))
        #expect(speaker.session.state == .established)
    }

    @Test("remote AS: any but the own one, or only that", arguments: [(true, UInt16(65001)), (false, 65000)])
    func dynamicAS(isInternal: Bool, number: UInt16) throws {
        let capabilities = "41 04 0000" + (isInternal ? "FDE9" : "FDE8")
        for remote in [PeerConfiguration.RemoteAS.internal, .external] {
            var speaker = TestSpeaker(try TestSpeaker.configuration { $0.remoteAS = remote })
            let id = try speaker.connect()
            speaker.handle(.received(id, TestSpeaker.peerOpen(shortAS: number, capabilities: capabilities)))
            #expect((speaker.session.state == .openConfirm) == (isInternal == (remote == .internal)))
            if speaker.session.state != .openConfirm { #expect(try speaker.notification(id)?.subcode == 2) }
        }
    }

    @Test("localASN is what the peer sees, in OPEN and in AS_PATH")
    func localAS() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration { $0.localASN = 4_200_000_001 })
        speaker.table.announce(ExportTableTests.host(1))
        let id = try speaker.establish()
        let frames = try speaker.messages(id)
        let open = try OpenMessage(decoding: frames[0].body)
        #expect(open.shortAS == 23456 && open.speakerAS == 4_200_000_001)
        #expect(Array(frames[2].body).dropFirst(4).prefix(13) == hex("40010100 40020602 01FA56EA01")[...])
    }

    @Test("families: only what both offer is sent, and each has its state")
    func families() throws {
        var speaker = TestSpeaker(
            try TestSpeaker.configuration { $0.families = [.ipv4Unicast, .ipv6Unicast] })
        speaker.table.announce(ExportTableTests.host(1))
        speaker.table.announce(ExportTableTests.host6(1))
        _ = try speaker.establish()
        #expect(
            speaker.session.status(speaker.table).exports
                == [.ipv4: .active(sent: 1, pending: 0), .ipv6: .notNegotiated])
        let both = "01 04 0001 00 01 01 04 0002 00 01 41 04 0000FDE8"
        speaker = TestSpeaker(try TestSpeaker.configuration { $0.families = [.ipv4Unicast, .ipv6Unicast] })
        speaker.table.announce(ExportTableTests.host6(1))
        let id = try speaker.establish(TestSpeaker.peerOpen(capabilities: both))
        #expect(
            speaker.session.status(speaker.table).exports == [.ipv4: .active(sent: 0, pending: 0), .ipv6: .noNextHop])
        #expect(try speaker.messages(id).suffix(2).map { $0.body.count } == [4, 10])
    }

    static let sessionV6 = IPAddress(v6: 0xFD00 << 112 | 1)
    static let linkLocal = IPAddress(v6: 0xFE80 << 112 | 1)
    static let v4 = IPAddress(v4: 0x0A00_0001)

    typealias HopRow = (path: ConnectionPath, isExtended: Bool, family: IPFamily, nextHop: String?)
    static let hops: [HopRow] = [
        (ConnectionPath(local: v4), false, .ipv4, "40 03 04 0A000001"),
        (
            ConnectionPath(local: v4, interfaceIPv6: sessionV6), false, .ipv6,
            "0002 01 10 FD000000000000000000000000000001 00"
        ),
        (ConnectionPath(local: v4), false, .ipv6, nil),
        (ConnectionPath(local: sessionV6), false, .ipv6, "0002 01 10 FD000000000000000000000000000001 00"),
        (
            ConnectionPath(local: sessionV6, linkLocal: linkLocal), false, .ipv6,
            "0002 01 20 FD000000000000000000000000000001 FE800000000000000000000000000001 00"
        ),
        (ConnectionPath(local: sessionV6, interfaceIPv4: v4), false, .ipv4, "40 03 04 0A000001"),
        (ConnectionPath(local: sessionV6), false, .ipv4, nil),
        (ConnectionPath(local: sessionV6), true, .ipv4, "0001 01 10 FD000000000000000000000000000001 00"),
        (
            ConnectionPath(local: linkLocal), true, .ipv4,
            "0001 01 20 FE800000000000000000000000000001 FE800000000000000000000000000001 00"
        ),
        (
            ConnectionPath(local: linkLocal, interfaceIPv6: sessionV6), true, .ipv6,
            "0002 01 20 FE800000000000000000000000000001 FE800000000000000000000000000001 00"
        ),
    ]

    @Test("next hops follow from the session's addresses", arguments: hops.indices)
    func nextHops(index: Int) throws {
        let row = Self.hops[index]
        var speaker = TestSpeaker(
            try TestSpeaker.configuration {
                $0.families = [.ipv4Unicast, .ipv6Unicast]
                $0.offersExtendedNextHop = row.isExtended
            })
        speaker.path = row.path
        let prefix = row.family == .ipv4 ? ExportTableTests.host(1) : ExportTableTests.host6(1)
        speaker.table.announce(prefix)
        let capabilities = "01 04 0001 00 01 01 04 0002 00 01 41 04 0000FDE8 05 06 0001 0001 0002"
        let id = try speaker.establish(TestSpeaker.peerOpen(capabilities: capabilities))
        let written = speaker.written[id] ?? []
        if let nextHop = row.nextHop {
            let wanted = hex(nextHop)
            #expect(written.indices.contains { written[$0...].starts(with: wanted) })
        } else {
            #expect(speaker.session.status(speaker.table).exports[row.family] == .noNextHop)
        }
    }

    @Test("a refresh sends everything again between marks, if both know them", arguments: [true, false])
    func refresh(isEnhanced: Bool) throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        for index in 0..<1000 { speaker.table.announce(ExportTableTests.host(index)) }
        let open = isEnhanced ? TestSpeaker.peerOpen() : TestSpeaker.peerOpen(capabilities: "02 00 41 04 0000FDE8")
        let id = try speaker.establish(open)
        speaker.written = [:]
        speaker.handle(.received(id, RouteRefreshMessage(.ipv4Unicast, .request).encoded))
        let frames = try speaker.messages(id)
        #expect(
            frames.map(\.type)
                == (isEnhanced ? [.routeRefresh, .update, .update, .routeRefresh] : [.update, .update]))
        if isEnhanced {
            #expect(Array(frames[0].body) == [0, 1, 1, 1])
            #expect(Array(frames[3].body) == [0, 1, 2, 1])
        }
    }

    @Test("BFD down ends the session at once, and matters to no other state")
    func bfd() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.connect()
        speaker.handle(.bfdDown)
        #expect(speaker.session.state == .openSent)
        speaker.handle(.received(id, TestSpeaker.peerOpen()))
        speaker.handle(.received(id, BGPMessage.keepalive))
        speaker.handle(.bfdDown)
        #expect(try speaker.notification(id) == NotificationMessage.cease(.bfdDown))
        #expect(speaker.last.contains(.down(.sent(.cease(.bfdDown)))))
        #expect(speaker.session.state == .idle)
    }

    @Test("the same configuration again changes nothing; a change costs what it must")
    func configuring() throws {
        let configuration = try TestSpeaker.configuration()
        var speaker = TestSpeaker(configuration)
        speaker.table.announce(ExportTableTests.host(1))
        let id = try speaker.establish()
        speaker.handle(.configure(configuration))
        #expect(speaker.last.isEmpty)
        var timers = configuration
        timers.keepaliveTime = .seconds(3)
        timers.connectTime = .seconds(1)
        timers.isPassive = true
        speaker.handle(.configure(timers))
        #expect(speaker.last.isEmpty && speaker.session.state == .established)
        var nextHop = timers
        nextHop.nextHops[.ipv4] = IPAddress(v4: 0x0A00_0063)
        speaker.written = [:]
        speaker.handle(.configure(nextHop))
        #expect(speaker.written[id]?.suffix(12) == hex("40 03 04 0A000063 20 0A000001")[...])
        var other = configuration
        other.holdSeconds = 30
        speaker.handle(.configure(other))
        #expect(try speaker.notification(id) == NotificationMessage.cease(.otherConfigurationChange))
        #expect(speaker.dialled != nil)
    }

    @Test("routes that change later go out, withdrawals without announcing again")
    func laterChanges() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish()
        var received = ReceivedTable()
        speaker.written = [:]
        speaker.table.announce(ExportTableTests.host(1))
        speaker.table.announce(ExportTableTests.host(2))
        speaker.output()
        speaker.table.withdraw(ExportTableTests.host(1))
        speaker.output()
        try received.read(speaker.written[id] ?? [])
        #expect(received.messages.count == 2)
        #expect(Array(received.routes.keys) == ["10.0.0.2/32"])
    }
}
