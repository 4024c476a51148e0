import Addresses
import BGP
import BGPTestSupport
import Testing

@Suite("Changes of routes, as peers see them")
struct ExportChangesTests {
    @Test("changes before a peer is told of them are one change, or none")
    func coalescing() throws {
        var table = ExportTable()
        let reader = table.attach(ExportTableTests.encoding())
        let other = try #require(RouteAttributes(communities: [Community(1, 1)]))
        for _ in 0..<10 {
            table.announce(ExportTableTests.host(1))
            table.announce(ExportTableTests.host(1), other)
            table.withdraw(ExportTableTests.host(1))
        }
        #expect(ExportTableTests.pull(&table, reader).isEmpty)
        table.announce(ExportTableTests.host(1))
        _ = ExportTableTests.pull(&table, reader)
        for _ in 0..<10 {
            table.withdraw(ExportTableTests.host(1))
            table.announce(ExportTableTests.host(1), other)
        }
        #expect(table.pendingCount(reader, .ipv4) == 1)
        var received = ReceivedTable()
        try received.read(ExportTableTests.pull(&table, reader))
        #expect(received.messages.count == 1)
        #expect(received.withdrawals.isEmpty)
        #expect(received.routes["10.0.0.1/32"]?.suffix(4) == [0, 1, 0, 1])
        #expect(table[ExportTableTests.host(1)] == other)
        table.announce(ExportTableTests.host(1), other)
        #expect(ExportTableTests.pull(&table, reader).isEmpty)
    }

    @Test("a withdrawal goes before announcements that wait")
    func withdrawalFirst() throws {
        var table = ExportTable()
        let reader = table.attach(ExportTableTests.encoding())
        for index in 0..<50_000 { table.announce(ExportTableTests.host(index)) }
        _ = ExportTableTests.pull(&table, reader, rounds: 1)
        #expect(table.hasSent(ExportTableTests.host(3), to: reader))
        table.withdraw(ExportTableTests.host(3))
        table.withdraw(ExportTableTests.host(49_999))
        let next = ExportTableTests.pull(&table, reader, rounds: 1)
        #expect(next.prefix(28) == hex("FF*16 001C 02 0005 20 0A000003 0000")[...])
        var received = ReceivedTable()
        try received.read(next)
        #expect(received.withdrawals == ["10.0.0.3/32"])
    }

    @Test("replacing all routes changes only what differs")
    func replacing() throws {
        var table = ExportTable()
        let reader = table.attach(ExportTableTests.encoding())
        table.replaceRoutes(
            with: (0..<10).map { (ExportTableTests.host($0), .none) } + [(ExportTableTests.host6(1), .none)])
        _ = ExportTableTests.pull(&table, reader)
        table.replaceRoutes(with: (1..<11).map { (ExportTableTests.host($0), .none) })
        var received = ReceivedTable()
        try received.read(ExportTableTests.pull(&table, reader))
        #expect(Set(received.withdrawals) == ["10.0.0.0/32", "2001:db8::1/128"])
        #expect(Set(received.routes.keys) == ["10.0.0.10/32"])
    }

    @Test("a peer that moves to another view keeps what both have and loses the rest")
    func moving() throws {
        var old = ExportTable()
        var new = ExportTable()
        let first = old.attach(ExportTableTests.encoding())
        let bystander = new.attach(ExportTableTests.encoding())
        for index in 0..<4 { old.announce(ExportTableTests.host(index)) }
        for index in 2..<6 { new.announce(ExportTableTests.host(index)) }
        var received = ReceivedTable()
        try received.read(ExportTableTests.pull(&old, first))
        _ = ExportTableTests.pull(&new, bystander)
        let second = new.attach(ExportTableTests.encoding(), sent: old.detach(first))
        try received.read(ExportTableTests.pull(&new, second))
        #expect(Set(received.withdrawals) == ["10.0.0.0/32", "10.0.0.1/32"])
        #expect(received.routes.count == 4)
        #expect(ExportTableTests.pull(&new, bystander).isEmpty)
    }

    @Test("attribute sets that come and go are not kept, nor are routes")
    func churn() throws {
        var table = ExportTable()
        let reader = table.attach(ExportTableTests.encoding())
        let slow = table.attach(ExportTableTests.encoding(isInternal: true))
        _ = ExportTableTests.pull(&table, slow, rounds: 1)
        var received = ReceivedTable()
        for round in 0..<3000 {
            let attributes = try #require(RouteAttributes(communities: [Community(bits: UInt32(round))]))
            table.announce(ExportTableTests.host(round % 50), attributes)
            table.withdraw(ExportTableTests.host((round + 25) % 50))
            try received.read(ExportTableTests.pull(&table, reader))
            #expect(received.routes.count == table.count(of: .ipv4))
        }
        #expect(table.footprint < 1000)
        // one message for each attribute set, whatever has happened since the peer last read
        var late = ReceivedTable()
        try late.read(ExportTableTests.pull(&table, slow))
        #expect(Set(late.routes.keys) == Set(received.routes.keys))
        #expect(late.messages.count <= 50)
    }

    @Test("peers at one pace get the same messages; what changes in between reaches all; who has less loses less")
    func sharing() throws {
        var table = ExportTable()
        for index in 0..<5000 { table.announce(ExportTableTests.host(index)) }
        let equal = (0..<3).map { _ in table.attach(ExportTableTests.encoding()) }
        let other = table.attach(ExportTableTests.encoding(isInternal: true))
        var received = Dictionary(uniqueKeysWithValues: (equal + [other]).map { ($0, ReceivedTable()) })
        for id in equal + [other] {
            try received[id]?.read(ExportTableTests.pull(&table, id, limit: 8192, rounds: 1))
        }
        #expect(received[equal[0]]?.routes.count == 2 * 810)
        table.withdraw(ExportTableTests.host(1))
        table.withdraw(ExportTableTests.host(4000))
        let tag = try #require(RouteAttributes(communities: [Community(7, 7)]))
        table.announce(ExportTableTests.host(4999), tag)
        for id in equal + [other] {
            try received[id]?.read(ExportTableTests.pull(&table, id))
            #expect(received[id]?.routes.count == 4998)
            #expect(received[id]?.routes["10.0.19.135/32"]?.suffix(4) == [0, 7, 0, 7])
            #expect(received[id]?.withdrawals == ["10.0.0.1/32"])
        }
        #expect(Set(equal.map { received[$0]?.messages ?? [] }).count == 1)
        #expect(received[other]?.messages != received[equal[0]]?.messages)
        let moved = table.attach(
            ExportTableTests.encoding(), sent: [ExportTableTests.host(10), ExportTableTests.host(11)])
        received[moved] = ReceivedTable()
        for index in 0..<100 { table.withdraw(ExportTableTests.host(index)) }
        for id in [equal[0], moved, equal[1], equal[2], other] {
            try received[id]?.read(ExportTableTests.pull(&table, id))
            #expect(received[id]?.routes.count == 4899)
        }
        #expect(received[moved]?.withdrawals == ["10.0.0.10/32", "10.0.0.11/32"])
        #expect(equal.allSatisfy { received[$0]?.withdrawals.count == 100 })
    }

    @Test("after any history each peer has what the table has", arguments: 0..<40)
    func history(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var table = ExportTable()
        var readers: [ExportTable.ReaderID: ReceivedTable] = [:]
        let sets = try (0..<4).map { try #require(RouteAttributes(communities: [Community(7, UInt16($0))])) }
        for _ in 0..<400 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0 where readers.count < 4:
                readers[table.attach(ExportTableTests.encoding(isInternal: Bool.random(using: &random)))] =
                    ReceivedTable()
            case 1:
                if let id = readers.keys.randomElement(using: &random) {
                    table.detach(id)
                    readers[id] = nil
                }
            case 2:
                if let id = readers.keys.randomElement(using: &random) {
                    table.rewind(id, Bool.random(using: &random) ? .ipv4 : .ipv6)
                }
            case 3:
                // all at one pace
                for id in readers.keys {
                    try readers[id]?.read(ExportTableTests.pull(&table, id, limit: 4096, rounds: 1))
                }
            case 4..<7:
                if let id = readers.keys.randomElement(using: &random) {
                    try readers[id]?.read(
                        ExportTableTests.pull(
                            &table, id, limit: 4096 * Int.random(in: 1...3, using: &random), rounds: 1))
                }
            case 7..<12: table.withdraw(ExportTableTests.host(Int.random(in: 0..<60, using: &random)))
            case 12..<14: table.announce(ExportTableTests.host6(Int.random(in: 0..<60, using: &random)), sets[0])
            default:
                table.announce(
                    ExportTableTests.host(Int.random(in: 0..<60, using: &random)),
                    sets.randomElement(using: &random) ?? .none)
            }
        }
        let wanted = (0..<60).flatMap { [ExportTableTests.host($0), ExportTableTests.host6($0)] }.filter {
            table[$0] != nil
        }
        for id in readers.keys {
            try readers[id]?.read(ExportTableTests.pull(&table, id))
            #expect(Set(readers[id]?.routes.keys.map(\.self) ?? []) == Set(wanted.map(\.description)))
            for prefix in wanted {
                let community = table[prefix]?.communities.first?.bits ?? 0
                let value = readers[id]?.routes[prefix.description] ?? []
                #expect(value.contains(UInt8(community & 0xFF)))
                #expect(table.hasSent(prefix, to: id))
            }
            #expect(table.pendingCount(id, .ipv4) + table.pendingCount(id, .ipv6) == 0)
        }
    }
}
