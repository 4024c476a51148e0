import Addresses
import Neighbors
import Testing
import Timing
import Wire

/// Finding the router of an unnumbered session.
@Suite("Router discovery")
struct RouterDiscoveryTests {
    private static let own = IPAddress(v6: 0xfe80 << 112 | 1)
    private static let mac = MACAddress(bits: 0x02_0000_0000_01)
    private static let router = IPAddress(v6: 0xfe80 << 112 | 2)
    private static let other = IPAddress(v6: 0xfe80 << 112 | 3)

    private static let start = Instant(sinceStart: .seconds(100))

    private static func advertisement(_ source: IPAddress) -> [UInt8] {
        RouterAdvertisement(source: source, mac: MACAddress(bits: 0x02_0000_0000_02)).frame
    }

    private static func solicitation(_ source: IPAddress) -> [UInt8] {
        RouterSolicitation(source: source, mac: MACAddress(bits: 0x02_0000_0000_02)).frame
    }

    private static func sighting(_ frame: [UInt8]) throws -> RouterSighting {
        var reader = WireReader(frame)
        return try RouterSighting(decoding: &reader)
    }

    @Test("frames are read as they are written")
    func roundTrip() throws {
        #expect(try Self.sighting(Self.advertisement(Self.router)) == .advertisement(from: Self.router))
        #expect(try Self.sighting(Self.solicitation(Self.router)) == .solicitation)
    }

    @Test("our advertisement makes nobody use the node as a gateway: its lifetime is zero")
    func advertisementBytes() {
        #expect(
            Self.advertisement(Self.own).dropFirst(54).prefix(16).dropFirst(4)
                == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(Self.advertisement(Self.own)[21] == 255)
    }

    @Test("what is cut, forwarded, not link-local or has a wrong checksum is refused")
    func refused() throws {
        let frame = Self.advertisement(Self.router)
        for length in frame.indices { #expect(throws: DecodeError.self) { try Self.sighting(Array(frame[..<length])) } }
        var forwarded = frame
        forwarded[21] = 254
        #expect(throws: DecodeError.self) { try Self.sighting(forwarded) }
        #expect(throws: DecodeError.self) {
            try Self.sighting(Self.advertisement(IPAddress(v6: 0x2001_0db8 << 96 | 1)))
        }
        var damaged = frame
        damaged[60] ^= 1
        #expect(throws: DecodeError.self) { try Self.sighting(damaged) }
    }

    private func isAdvertisement(_ effect: RouterDiscovery.Effect) -> Bool {
        if case .send(let frame) = effect {
            (try? Self.sighting(frame)) == .advertisement(from: Self.own)
        } else {
            false
        }
    }

    @Test("it advertises and asks three times within a second, then advertises each ten seconds")
    func schedule() throws {
        var discovery = RouterDiscovery(address: Self.own, mac: Self.mac)
        var sent: [Duration] = []
        var asked = 0
        var effects = discovery.handle(.start, at: Self.start)
        var now = Self.start
        while now < Self.start + .seconds(35) {
            if effects.contains(where: isAdvertisement) { sent.append(now - Self.start) }
            asked += effects.count(where: { !isAdvertisement($0) })
            now = try #require(discovery.nextDeadline)
            effects = discovery.handle(.timer, at: now)
        }
        #expect(sent.count(where: { $0 <= .seconds(1) }) == 3)
        #expect(sent.count == 6 && asked == 6)
    }

    @Test("the first router that is heard is it, and is said once; the node itself is none")
    func found() {
        var discovery = RouterDiscovery(address: Self.own, mac: Self.mac)
        _ = discovery.handle(.start, at: Self.start)
        #expect(discovery.handle(.received(Self.advertisement(Self.own)), at: Self.start) == [])
        #expect(
            discovery.handle(.received(Self.advertisement(Self.router)), at: Self.start) == [.found(Self.router)])
        #expect(discovery.handle(.received(Self.advertisement(Self.router)), at: Self.start) == [])
        #expect(discovery.handle(.received(Self.advertisement(Self.other)), at: Self.start) == [])
        #expect(discovery.router == Self.router)
    }

    @Test("one that does not answer is left for another that was heard of late, and not for none")
    func unanswered() {
        var discovery = RouterDiscovery(address: Self.own, mac: Self.mac)
        _ = discovery.handle(.start, at: Self.start)
        #expect(discovery.handle(.unanswered, at: Self.start) == [])
        _ = discovery.handle(.received(Self.advertisement(Self.router)), at: Self.start)
        #expect(discovery.handle(.unanswered, at: Self.start) == [])
        _ = discovery.handle(.received(Self.advertisement(Self.other)), at: Self.start)
        #expect(discovery.handle(.unanswered, at: Self.start + .seconds(5)) == [.found(Self.other)])
        #expect(discovery.handle(.unanswered, at: Self.start + .seconds(6)) == [])
        #expect(discovery.handle(.unanswered, at: Self.start + .seconds(15)) == [.found(Self.router)])
        #expect(discovery.handle(.unanswered, at: Self.start + .seconds(90)) == [])
    }

    @Test("who asks, and who is new, is told soon, but never more often than each three seconds")
    func hastened() {
        for frame in [Self.solicitation(Self.other), Self.advertisement(Self.router)] {
            var discovery = RouterDiscovery(address: Self.own, mac: Self.mac)
            var now = Self.start
            _ = discovery.handle(.start, at: now)
            for _ in 0..<3 {
                now = discovery.nextDeadline ?? now
                _ = discovery.handle(.timer, at: now)
            }
            #expect(discovery.nextDeadline == now + .seconds(10))
            _ = discovery.handle(.received(frame), at: now + .seconds(1))
            #expect(discovery.nextDeadline == now + .seconds(3))
            _ = discovery.handle(.received(Self.solicitation(Self.other)), at: now + .seconds(2))
            #expect(discovery.nextDeadline == now + .seconds(3))
        }
    }

    @Test("a flood of forged routers costs little memory and does not displace the one that was found")
    func flood() {
        var discovery = RouterDiscovery(address: Self.own, mac: Self.mac)
        _ = discovery.handle(.start, at: Self.start)
        _ = discovery.handle(.received(Self.advertisement(Self.router)), at: Self.start)
        for index in 0..<500 {
            let forged = IPAddress(v6: 0xfe80 << 112 | 0x1_0000 | UInt128(index))
            _ = discovery.handle(.received(Self.advertisement(forged)), at: Self.start)
        }
        #expect(discovery.router == Self.router)
        #expect(String(reflecting: discovery).count < 20_000)
    }
}
