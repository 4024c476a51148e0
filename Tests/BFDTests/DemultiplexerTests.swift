import Addresses
import BFD
import Testing

@Suite("Which session a packet is for")
struct DemultiplexerTests {
    let here = IPAddress(v4: 0x0A00_0001)
    let peer = IPAddress(v4: 0x0A00_0002)
    let other = IPAddress(v4: 0x0A00_0003)
    var table = BFDDemultiplexer()
    let single: UInt32
    let multi: UInt32

    init() {
        var random = SeededGenerator(seed: 3)
        single = table.discriminator(for: .singleHop(from: here, to: peer, interface: 2), using: &random)
        multi = table.discriminator(for: .multiHop(from: here, to: peer), using: &random)
    }

    func datagram(
        your: UInt32, _ state: BFDState = .down, _ kind: BFDPath.Kind = .singleHop, from source: IPAddress? = nil,
        to destination: IPAddress? = nil, interface: UInt32 = 2
    ) -> BFDDatagram {
        BFDDatagram(
            bytes: BFDMessage(state: state, myDiscriminator: 9, yourDiscriminator: your).encoded, kind: kind,
            source: source ?? peer, destination: destination ?? here, interface: interface)
    }

    @Test("a path has one session, under a discriminator that is not 0 and nobody else's")
    mutating func unique() {
        var random = SeededGenerator(seed: 4)
        #expect(single != multi && single != 0)
        #expect(
            table.discriminator(for: .singleHop(from: here, to: peer, interface: 2), using: &random) == single)
        #expect(
            table.discriminator(for: .singleHop(from: here, to: peer, interface: 3), using: &random) != single)
        var zeroes = ZeroesFirst()
        let drawn = table.discriminator(for: .singleHop(from: here, to: other, interface: 2), using: &zeroes)
        #expect(drawn != 0)
    }

    @Test("first packets go by sender and interface, later ones by discriminator")
    mutating func routes() throws {
        #expect(try table.route(datagram(your: 0)).discriminator == single)
        #expect(try table.route(datagram(your: 0, .adminDown)).discriminator == single)
        #expect(try table.route(datagram(your: 0, .down, .multiHop, interface: 7)).discriminator == multi)
        #expect(try table.route(datagram(your: single, .up)).discriminator == single)
        // a router may answer from another of its addresses
        #expect(try table.route(datagram(your: single, .up, from: other)).discriminator == single)
        #expect(try table.route(datagram(your: multi, .up, .multiHop, interface: 7)).discriminator == multi)
    }

    @Test("what is for no session is refused with its reason, and counted")
    mutating func refuses() {
        let rows: [(BFDDatagram, BFDError)] = [
            (datagram(your: 0, .initializing), .yourDiscriminator), (datagram(your: 0, .up), .yourDiscriminator),
            (datagram(your: 0, from: other), .unknownSender), (datagram(your: 0, interface: 3), .unknownSender),
            (datagram(your: 0, to: other), .unknownSender),
            (datagram(your: 0, .down, .multiHop, from: other), .unknownSender),
            (datagram(your: single, .up, interface: 3), .interface),
            (datagram(your: single, .up, .multiHop), .interface),
            (datagram(your: multi, .up, .singleHop), .interface),
            (datagram(your: single &+ 1), .unknownDiscriminator(single &+ 1)),
            (BFDDatagram(bytes: [0x20], source: peer, destination: here, interface: 2), .length(1)),
        ]
        for (datagram, error) in rows { #expect(throws: error) { _ = try table.route(datagram) } }
        #expect(
            table.dropped == [
                .yourDiscriminator: 2, .unknownSender: 4, .interface: 3, .unknownDiscriminator: 1, .length: 1,
            ])
    }

    @Test("a removed session takes nothing more")
    mutating func removes() {
        table.remove(single)
        #expect(throws: BFDError.unknownSender) { _ = try table.route(datagram(your: 0)) }
        #expect(throws: BFDError.unknownDiscriminator(single)) { _ = try table.route(datagram(your: single)) }
        #expect(table.path(of: multi) != nil)
    }

    @Test("echo packets come back to sessions of one hop only, and to the one that sent them")
    mutating func echoes() throws {
        let own = BFDEcho(discriminator: single, sequence: 1, nonce: 1)
        #expect(try table.route(echo: own.encoded, heardBy: single) == own)
        #expect(try table.route(echo: own.encoded, heardBy: single &+ 1) == nil)
        for stranger in [multi, single &+ 1] {
            #expect(throws: BFDError.echo) {
                _ = try table.route(
                    echo: BFDEcho(discriminator: stranger, sequence: 1, nonce: 1).encoded, heardBy: single)
            }
        }
        #expect(table.dropped == [.echo: 2])
    }

    struct ZeroesFirst: RandomNumberGenerator {
        var count = 0
        mutating func next() -> UInt64 {
            count += 1
            return count < 3 ? 0 : 77
        }
    }
}
