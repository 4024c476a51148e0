import Addresses
import BGP
import Testing

/// What a hostile or broken peer sends, and what it hears. Peers see these answers, so they are exact.
@Suite("Hostile input")
struct HostileInputTests {
    enum Answer: Sendable {
        case notification(NotificationMessage)
        /// The session stays, and routes still flow.
        case up
    }

    static func error(_ code: UInt8, _ subcode: UInt8, _ data: String = "") -> Answer {
        .notification(NotificationMessage(code: code, subcode: subcode, data: hex(data)))
    }

    typealias Row = (name: String, bytes: [UInt8], answer: Answer)

    static let opens: [Row] = [
        ("version 3", TestSpeaker.peerOpen(version: 3), error(2, 1, "0004")),
        (
            "wrong AS",
            TestSpeaker.peerOpen(shortAS: 65099, capabilities: "01 04 0001 00 01 41 04 0000FE4B"),
            error(2, 2, "0000FE4B")
        ),
        ("wrong AS, two octets", TestSpeaker.peerOpen(shortAS: 65099, capabilities: ""), error(2, 2, "0000FE4B")),
        ("AS 0", TestSpeaker.peerOpen(shortAS: 0, capabilities: ""), error(2, 2, "00000000")),
        ("AS 0 in the capability", TestSpeaker.peerOpen(capabilities: "41 04 00000000"), error(2, 2, "00000000")),
        ("AS 0 in the field", TestSpeaker.peerOpen(shortAS: 0), error(2, 2, "0000FDE8")),
        ("capability 65 against the field", TestSpeaker.peerOpen(shortAS: 65001), error(2, 2, "0000FDE8")),
        ("identifier 0.0.0.0", TestSpeaker.peerOpen(identifier: 0), error(2, 3)),
        ("hold time 1", TestSpeaker.peerOpen(hold: 1), error(2, 6, "0001")),
        ("hold time 2", TestSpeaker.peerOpen(hold: 2), error(2, 6, "0002")),
        ("optional parameter 1", TestSpeaker.rawOpen(parameters: hex("04 01 02 0000")), error(2, 4)),
        ("optional parameter 9", TestSpeaker.rawOpen(parameters: hex("02 09 00")), error(2, 4)),
        ("parameters overrun", TestSpeaker.rawOpen(parameters: hex("05 02 02 02 00")), error(2, 0)),
        ("parameter overruns", TestSpeaker.rawOpen(parameters: hex("04 02 06 02 00")), error(2, 0)),
        ("capability overruns", TestSpeaker.rawOpen(parameters: hex("06 02 04 41 04 0000")), error(2, 0)),
        (
            "only IPv6 on an IPv4 session",
            TestSpeaker.peerOpen(capabilities: "01 04 0002 00 01 41 04 0000FDE8"), error(2, 7, "01 04 0001 00 01")
        ),
        ("no capabilities at all", TestSpeaker.peerOpen(capabilities: ""), .up),
        (
            "unknown, role, add-path and repeated capabilities",
            TestSpeaker.peerOpen(
                capabilities: "C8 02 0102 09 01 03 45 04 0001 01 03 41 04 0000FDE8 41 04 0000FDE8"), .up
        ),
        ("AS_TRANS in the field", TestSpeaker.peerOpen(shortAS: 23456), .up),
        ("KEEPALIVE instead of OPEN", BGPMessage.keepalive, error(5, 1)),
        ("UPDATE instead of OPEN", BGPMessage.endOfRIB(.ipv4Unicast), error(5, 1)),
        ("ROUTE-REFRESH instead of OPEN", RouteRefreshMessage(.ipv4Unicast, .request).encoded, error(5, 1)),
        ("OPEN of 28 bytes", hex("FF*16 001C 01 04 FDE8 005A 0A000002"), error(1, 2, "001C")),
        ("marker", hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00 0013 04"), error(1, 1)),
    ]

    @Test("an OPEN, or what comes in its place, gets its answer", arguments: opens.indices)
    func open(index: Int) throws {
        let row = Self.opens[index]
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.connect()
        speaker.handle(.received(id, row.bytes))
        try check(row, speaker, id)
    }

    @Test("on an internal session a peer with our own identifier gets 2/3")
    func ownIdentifier() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration { $0.remoteAS = .internal })
        let id = try speaker.connect()
        speaker.handle(
            .received(
                id, TestSpeaker.peerOpen(shortAS: 65001, identifier: 0x0A00_0001, capabilities: "41 04 0000FDE9")))
        #expect(try speaker.notification(id) == NotificationMessage(code: 2, subcode: 3))
    }

    static func update(_ attributes: String, routes: [UInt8] = UpdateBytes.route) -> [UInt8] {
        UpdateBytes.message(UpdateBytes.body(attributes: UpdateReportTests.attributes(attributes), routes: routes))
    }

    static let established: [Row] = [
        ("marker", hex("00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0013 04"), error(1, 1)),
        ("length 18", hex("FF*16 0012 04"), error(1, 2, "0012")),
        ("length 4097", hex("FF*16 1001 02"), error(1, 2, "1001")),
        ("UPDATE of 4098", UpdateBytes.message([UInt8](repeating: 0, count: 4079)), error(1, 2, "1002")),
        ("UPDATE of 22", hex("FF*16 0016 02 000000"), error(1, 2, "0016")),
        ("NOTIFICATION of 20", hex("FF*16 0014 03 06"), error(1, 2, "0014")),
        ("KEEPALIVE of 20", hex("FF*16 0014 04 00"), error(1, 2, "0014")),
        ("type 0", hex("FF*16 0013 00"), error(1, 3, "00")),
        ("type 77", hex("FF*16 0013 4D"), error(1, 3, "4D")),
        ("OPEN", TestSpeaker.peerOpen(), error(5, 3)),
        ("withdrawn length beyond the message", hex("FF*16 0017 02 0005 0000"), error(3, 1)),
        ("attribute length beyond the message", hex("FF*16 0017 02 0000 0005"), error(3, 1)),
        ("attribute overruns, with a route", update("ORIGIN PATH HOP C0 08 09 00"), .up),
        ("two bytes left over, with a route", update("ORIGIN PATH HOP C0 08"), .up),
        ("overrun without routes", update("ORIGIN C0 08 09 00", routes: []), error(3, 1)),
        ("route of length 33", update("ORIGIN PATH HOP", routes: hex("21 C000020180")), error(3, 10)),
        ("withdrawn route of length 40", hex("FF*16 001D 02 0006 28 C000020100 0000"), error(3, 10)),
        ("route truncated", update("ORIGIN PATH HOP", routes: hex("20 C00002")), error(3, 10)),
        ("ORIGIN 5", update("40 01 01 05 PATH HOP"), .up),
        ("ORIGIN of two bytes", update("40 01 02 0000 PATH HOP"), .up),
        ("ORIGIN with wrong flags", update("80 01 01 00 PATH HOP"), .up),
        ("AS_PATH with segment type 9", update("ORIGIN 40 02 06 09 01 0000FDE8 HOP"), .up),
        ("AS_PATH count overrun", update("ORIGIN 40 02 06 02 05 0000FDE8 HOP"), .up),
        ("AS_PATH with an empty segment", update("ORIGIN 40 02 02 02 00 HOP"), .up),
        ("no ORIGIN", update("PATH HOP"), .up),
        ("no NEXT_HOP", update("ORIGIN PATH"), .up),
        ("AS_PATH of someone else", update("ORIGIN 40 02 06 02 01 00000001 HOP"), .up),
        ("NEXT_HOP of 5", update("ORIGIN PATH 40 03 05 0A00000200"), .up),
        ("NEXT_HOP 0.0.0.0", update("ORIGIN PATH 40 03 04 00000000"), .up),
        ("MED of 3", update("ORIGIN PATH HOP 80 04 03 000000"), .up),
        ("LOCAL_PREF of 3", update("ORIGIN PATH HOP 40 05 03 000000"), .up),
        ("ATOMIC_AGGREGATE of 1", update("ORIGIN PATH HOP 40 06 01 00"), .up),
        ("unknown well-known attribute 99", update("ORIGIN PATH HOP 40 63 01 00"), error(3, 2, "40630100")),
        ("COMMUNITIES of 3", update("ORIGIN PATH HOP C0 08 03 000000"), .up),
        ("COMMUNITIES of 0", update("ORIGIN PATH HOP C0 08 00"), .up),
        ("LARGE_COMMUNITIES of 13", update("ORIGIN PATH HOP C0 20 0D 00000000000000000000000000"), .up),
        ("EXTENDED_COMMUNITIES of 7", update("ORIGIN PATH HOP C0 10 07 00000000000000"), .up),
        ("unknown optional attribute 99", update("ORIGIN PATH HOP C0 63 01 00"), .up),
        ("multicast routes", update("ORIGIN PATH 80 0E 0B 0001 02 04 0A000002 00 08 E0", routes: []), .up),
        (
            "a family that is not negotiated",
            update("ORIGIN PATH 80 0E 17 0002 01 10 20010DB8000000000000000000000001 00 08 20", routes: []), .up
        ),
        ("ORIGIN twice", update("ORIGIN ORIGIN PATH HOP"), .up),
        (
            "MP_REACH twice",
            update("80 0E 09 0001 02 04 0A000002 00 80 0E 09 0001 02 04 0A000002 00 ORIGIN PATH", routes: []),
            error(3, 1)
        ),
        (
            "MP_REACH with a next hop of 7", update("80 0E 0D 0002 01 07 00000000000000 00 00 ORIGIN PATH", routes: []),
            error(3, 9, "80 0E 0D 0002 01 07 00000000000000 00 00")
        ),
        ("MP_REACH of 3 bytes", update("80 0E 03 0002 01 ORIGIN PATH", routes: []), error(3, 9, "80 0E 03 0002 01")),
        ("MP_UNREACH of 2 bytes", update("80 0F 02 0002", routes: []), error(3, 9, "80 0F 02 0002")),
        ("ROUTE-REFRESH of 22", hex("FF*16 0016 05 000100"), error(1, 2, "0016")),
        ("ROUTE-REFRESH of 24", hex("FF*16 0018 05 0001000100"), error(7, 1, "FF*16 0018 05 0001000100")),
        ("ROUTE-REFRESH of AFI 99", hex("FF*16 0017 05 0063 00 01"), .up),
        ("ROUTE-REFRESH of subtype 7", hex("FF*16 0017 05 0001 07 01"), .up),
        ("KEEPALIVE flood", Array([[UInt8]](repeating: BGPMessage.keepalive, count: 5000).joined()), .up),
    ]

    @Test("in Established each gets its answer", arguments: established.indices)
    func establishedInput(index: Int) throws {
        let row = Self.established[index]
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish()
        speaker.handle(.received(id, row.bytes))
        try check(row, speaker, id)
    }

    @Test("byte by byte the answers are the same", arguments: established.indices)
    func byteByByte(index: Int) throws {
        let row = Self.established[index]
        guard row.bytes.count < 5000 else { return }
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish()
        for byte in row.bytes where speaker.session.state == .established { speaker.handle(.received(id, [byte])) }
        try check(row, speaker, id)
    }

    private func check(_ row: Row, _ speaker: TestSpeaker, _ id: ConnectionID) throws {
        switch row.answer {
        case .notification(let expected):
            #expect(try speaker.notification(id) == expected, "\(row.name)")
            #expect(speaker.isClosed, "\(row.name)")
            #expect(speaker.session.state == .idle)
            #expect(speaker.session.record.cause == .sent(expected))
        case .up:
            var speaker = speaker
            if speaker.session.state == .openConfirm { speaker.handle(.received(id, BGPMessage.keepalive)) }
            #expect(speaker.session.state == .established, "\(row.name)")
            speaker.table.announce(ExportTableTests.host(9))
            speaker.output()
            #expect(speaker.written[id]?.suffix(5) == hex("20 0A000009")[...], "\(row.name)")
        }
    }

    @Test("ROUTE-REFRESH of 24 bytes without capability 70 is a bad length")
    func oldRefresh() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish(TestSpeaker.peerOpen(capabilities: "02 00 41 04 0000FDE8"))
        speaker.handle(.received(id, hex("FF*16 0018 05 0001000100")))
        #expect(try speaker.notification(id) == NotificationMessage(code: 1, subcode: 2, data: [0, 0x18]))
    }

    static let notifications: [[UInt8]] = [
        hex("FF*16 0015 03 06 02"), hex("FF*16 0016 03 06 02 FF"), hex("FF*16 0018 03 06 02 05 C328"),
        UpdateBytes.message([6, 2, 255] + [UInt8](repeating: 0x80, count: 255), type: 3), hex("FF*16 0015 03 63 63"),
    ]

    @Test(
        "a NOTIFICATION ends the session in every state and is never answered", arguments: notifications.indices, 0..<3)
    func notification(index: Int, step: Int) throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.connect()
        if step > 0 { speaker.handle(.received(id, TestSpeaker.peerOpen())) }
        if step > 1 { speaker.handle(.received(id, BGPMessage.keepalive)) }
        let before = speaker.written[id]
        speaker.handle(.received(id, Self.notifications[index]))
        #expect(speaker.written[id] == before)
        #expect(speaker.session.state == .idle)
        #expect(speaker.isClosed)
        #expect(speaker.session.record.lastReceived != nil)
    }

    @Test("a FIN in the middle of a message ends the session without a word")
    func finInside() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish()
        let before = speaker.written[id]
        speaker.handle(.received(id, Array(BGPMessage.keepalive.prefix(10))))
        speaker.handle(.closed(id, ""))
        #expect(speaker.session.state == .idle)
        #expect(speaker.written[id] == before)
        #expect(speaker.last.contains(.down(.connectionLost(""))))
    }

    @Test("a thousand refreshes while the peer reads nothing cost two")
    func refreshFlood() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        for index in 0..<2000 { speaker.table.announce(ExportTableTests.host(index)) }
        let id = try speaker.establish()
        speaker.written = [:]
        let request = RouteRefreshMessage(.ipv4Unicast, .request).encoded
        speaker.handle(.received(id, request), reads: false)
        let first = try #require(speaker.session.output(from: &speaker.table, budget: 4096, at: speaker.now))
        #expect(first.isMore)
        for _ in 0..<1000 { speaker.handle(.received(id, request), reads: false) }
        speaker.output()
        let kinds = try speaker.messages(id).map(\.type)
        // the first marker was taken above: its end and another whole refresh follow
        #expect(kinds.filter { $0 == .routeRefresh }.count == 3)
        #expect(kinds.filter { $0 == .update }.count == 2 * 3)
    }

    @Test("a full table of a peer is counted and dropped")
    func fullTable() throws {
        var speaker = TestSpeaker(try TestSpeaker.configuration())
        let id = try speaker.establish()
        let routes = (0..<800).flatMap { hex("20 0B00") + [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let message = Self.update("ORIGIN PATH HOP", routes: routes)
        var warnings = 0
        for _ in 0..<30 {
            speaker.handle(.received(id, message))
            warnings += speaker.last.filter { if case .manyRoutesReceived = $0 { true } else { false } }.count
        }
        #expect(speaker.session.record.routes.announced[.ipv4Unicast] == 24_000)
        #expect(warnings == 1)
        #expect(speaker.session.state == .established)
    }
}
