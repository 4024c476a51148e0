import Addresses
import BGP
import BGPTestSupport
import Testing

@Suite("Routes for peers")
struct ExportTableTests {
    static let hop = NextHop.plain(IPAddress(v4: 0x0A00_0001))
    static let globalHop = NextHop.multiprotocol(IPAddress(v6: 0xFD00 << 112 | 1), linkLocal: nil)
    static let linkLocalHop = NextHop.multiprotocol(
        IPAddress(v6: 0xFD00 << 112 | 1), linkLocal: IPAddress(v6: 0xFE80 << 112 | 1))

    static func encoding(
        _ nextHops: [IPFamily: NextHop] = [.ipv4: hop, .ipv6: globalHop], isInternal: Bool = false,
        isFourOctet: Bool = true, localAS: UInt32 = 65001, isDraining: Bool = false
    ) -> UpdateEncoding {
        UpdateEncoding(
            localAS: localAS, isInternal: isInternal, isFourOctet: isFourOctet, nextHops: nextHops,
            isDraining: isDraining)
    }

    static func host(_ index: Int) -> IPPrefix { IPPrefix(host: IPAddress(v4: 0x0A00_0000 + UInt32(index))) }
    static func host6(_ index: Int) -> IPPrefix {
        IPPrefix(host: IPAddress(v6: 0x2001_0DB8 << 96 | UInt128(index)))
    }
    static func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

    /// All that a reader is still to be told.
    static func pull(
        _ table: inout ExportTable, _ reader: ExportTable.ReaderID, limit: Int = 65536, rounds: Int = .max
    ) -> [UInt8] {
        var all: [UInt8] = []
        for _ in 0..<min(rounds, 10_000) {
            var buffer: [UInt8] = []
            var isDone = true
            for step in [ExportTable.Step.withdrawals, .announcements] {
                for family in IPFamily.allCases {
                    isDone = table.append(step, of: family, for: reader, to: &buffer, limit: limit) && isDone
                }
            }
            #expect(buffer.count <= limit)
            all += buffer
            if isDone { break }
        }
        return all
    }

    @Test("an UPDATE has the bytes that BIRD sends, with both kinds of communities")
    func goldenUpdate() throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding())
        let attributes = try #require(
            RouteAttributes(
                communities: [Community(65001, 100), Community(65001, 100)],
                largeCommunities: [LargeCommunity(65001, 1, 2)]))
        table.announce(try Self.prefix("192.0.2.1/32"), attributes)
        #expect(
            Self.pull(&table, reader)
                == hex(
                    """
                    FF*16 0046 02 0000 002A  40 01 01 00  40 02 06 02 01 0000FDE9  40 03 04 0A000001
                    C0 08 04 FDE90064  C0 20 0C 0000FDE9 00000001 00000002   20 C0000201
                    """))
    }

    @Test("an IPv6 route stands in MP_REACH, first in the list, with a global and a link-local next hop")
    func goldenIPv6() throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding([.ipv6: Self.linkLocalHop]))
        table.announce(try Self.prefix("2001:db8::1/128"))
        table.announce(try Self.prefix("192.0.2.1/32"))
        #expect(
            Self.pull(&table, reader)
                == hex(
                    """
                    FF*16 005E 02 0000 0047  90 0E 0036 0002 01 20 FD000000000000000000000000000001
                    FE800000000000000000000000000001 00  80 20010DB8000000000000000000000001
                    40 01 01 00  40 02 06 02 01 0000FDE9
                    """))
        #expect(table.sentCount(reader, .ipv4) == 0)
    }

    @Test("a peer of the same AS gets an empty path and LOCAL_PREF", arguments: [(nil, 100), (0, 100), (200, 200)])
    func internalPeer(preference: UInt32?, sent: Int) throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding(isInternal: true))
        table.announce(try Self.prefix("192.0.2.0/24"), try #require(RouteAttributes(localPreference: preference)))
        let bytes = hex("FF*16 0030 02 0000 0015  40 01 01 00  40 02 00  40 03 04 0A000001  40 05 04 000000")
        #expect(Self.pull(&table, reader) == bytes + [UInt8(sent)] + hex("18 C00002"))
    }

    @Test("a peer without wide AS numbers gets 23456 and AS4_PATH, as BIRD does it; a narrow AS needs neither")
    func twoOctetPeer() throws {
        for (number, path) in [
            (UInt32(4_200_000_001), "40 02 04 02 01 5BA0 40 03 04 0A000001 C0 11 06 02 01 FA56EA01"),
            (65001, "40 02 04 02 01 FDE9 40 03 04 0A000001"),
        ] {
            var table = ExportTable()
            let reader = table.attach(Self.encoding(isFourOctet: false, localAS: number))
            table.announce(try Self.prefix("0.0.0.0/0"))
            let body = hex("40 01 01 00") + hex(path)
            #expect(
                Self.pull(&table, reader)
                    == UpdateBytes.message(UpdateBytes.body(attributes: body, routes: [0])))
        }
    }

    @Test("draining adds GRACEFUL_SHUTDOWN in its place and takes the preference away, for every route again")
    func draining() throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding(isInternal: true))
        table.announce(
            Self.host(1),
            try #require(RouteAttributes(localPreference: 200, communities: [Community(65535, 1), Community(1, 1)])))
        _ = Self.pull(&table, reader)
        table.reencode(reader, as: Self.encoding(isInternal: true, isDraining: true))
        let bytes = Self.pull(&table, reader)
        #expect(bytes.suffix(27) == hex("40 05 04 00000000 C0 08 0C 00010001 FFFF0000 FFFF0001 20 0A000001")[...])
    }

    @Test("100,000 hosts make 124 UPDATEs that hold each once, and 123 that withdraw them")
    func packing() throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding())
        for index in 0..<100_000 { table.announce(Self.host(index)) }
        var received = ReceivedTable()
        try received.read(Self.pull(&table, reader))
        #expect(received.messages.count == 124)
        #expect(received.routes.count == 100_000)
        #expect(table.pendingCount(reader, .ipv4) == 0)
        for index in 0..<100_000 { table.withdraw(Self.host(index)) }
        received.messages = []
        try received.read(Self.pull(&table, reader))
        #expect(received.messages.count == 123)
        #expect(received.routes.isEmpty)
        #expect(table.sentCount(reader, .ipv4) == 0)
    }

    @Test("IPv6 messages are as full as 4096 bytes allow", arguments: [(false, 237), (true, 236)])
    func ipv6Packing(hasLinkLocal: Bool, perMessage: Int) throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding([.ipv6: hasLinkLocal ? Self.linkLocalHop : Self.globalHop]))
        for index in 0..<perMessage * 2 { table.announce(Self.host6(index)) }
        var received = ReceivedTable()
        try received.read(Self.pull(&table, reader))
        #expect(received.messages.count == 2)
        #expect(received.routes.count == perMessage * 2)
        for index in 0..<perMessage * 2 { table.withdraw(Self.host6(index)) }
        received.messages = []
        try received.read(Self.pull(&table, reader))
        #expect(received.routes.isEmpty)
        #expect(received.messages.count == (perMessage * 2 + 238) / 239)
    }

    @Test("IPv4 routes by an IPv6 next hop travel in MP_REACH and go in MP_UNREACH")
    func extendedNextHop() throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding([.ipv4: Self.globalHop]))
        table.announce(Self.host(7))
        let announced = Self.pull(&table, reader)
        #expect(
            announced
                == hex(
                    """
                    FF*16 0042 02 0000 002B  90 0E 001A 0001 01 10 FD000000000000000000000000000001 00 20 0A000007
                    40 01 01 00  40 02 06 02 01 0000FDE9
                    """))
        table.withdraw(Self.host(7))
        #expect(Self.pull(&table, reader) == hex("FF*16 0023 02 0000 000C 90 0F 0008 0001 01 20 0A000007"))
    }

    @Test("hosts and aggregates of one attribute set share a message; host bits do not count")
    func aggregates() throws {
        var table = ExportTable()
        let reader = table.attach(Self.encoding())
        table.announce(try Self.prefix("192.0.2.77/26"))
        table.announce(try Self.prefix("192.0.2.77/32"))
        table.announce(try Self.prefix("192.0.2.64/26"))
        #expect(table.count(of: .ipv4) == 2)
        #expect(Self.pull(&table, reader).suffix(10) == hex("1A C0000240 20 C000024D")[...])
    }

    @Test("more communities than a message has room for are refused")
    func tooManyCommunities() {
        #expect(RouteAttributes(communities: (0..<896).map { Community(bits: $0) }) != nil)
        #expect(RouteAttributes(communities: (0..<897).map { Community(bits: $0) }) == nil)
        #expect(RouteAttributes(largeCommunities: (0..<299).map { LargeCommunity(1, 2, $0) }) == nil)
    }
}
