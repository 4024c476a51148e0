import Addresses
import Ownership
import Testing
import Timing

@Suite("Hostile datagrams change counters and nothing else")
struct HostileTests {
    let vips = (1...4).map(TestLink.vip)

    /// All that a machine shows of itself, counters aside.
    struct Picture: Equatable {
        var statuses: [VIPStatus]
        var peers: [PeerStatus]
        var claimed: [IPAddress]
        var answered: [IPAddress]
        var snapshot: OwnershipSnapshot
        var deadline: Instant?

        init(_ session: OwnershipSession) {
            statuses = session.statuses
            peers = session.peerStatuses
            claimed = session.claimedVIPs
            answered = session.answeredVIPs
            snapshot = session.snapshot
            deadline = session.nextDeadline
        }
    }

    func settled() -> TestLink {
        var link = TestLink(["node-a", "node-b", "node-c"])
        link.start(vips)
        link.run(.seconds(3))
        return link
    }

    /// The last datagram that a node multicast.
    func lastSent(_ node: Int, in link: TestLink) -> [UInt8] {
        for effect in link.nodes[node].effects.reversed() {
            if case .send(let bytes, .multicast) = effect { return bytes }
        }
        return []
    }

    /// Hands node 0 a datagram and expects that nothing but one counter changes.
    func expectDropped(
        _ bytes: [UInt8], hopLimit: UInt8 = 255, as reasons: Set<OwnershipDrop>, _ link: inout TestLink,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = Picture(link.nodes[0].session)
        let drops = link.nodes[0].session.counters.dropped
        let received = link.nodes[0].session.counters.received
        link.nodes[0].effects = []
        link.send(.datagram(.init(bytes: bytes, source: IPAddress(v4: 0x0A00_0099), hopLimit: hopLimit)), to: 0)
        #expect(link.nodes[0].effects.isEmpty, sourceLocation: sourceLocation)
        #expect(Picture(link.nodes[0].session) == before, sourceLocation: sourceLocation)
        #expect(link.nodes[0].session.counters.received == received, sourceLocation: sourceLocation)
        let grown = OwnershipDrop.allCases.filter {
            link.nodes[0].session.counters.dropped[$0, default: 0] > drops[$0, default: 0]
        }
        #expect(grown.count == 1 && reasons.isSuperset(of: grown), "\(grown)", sourceLocation: sourceLocation)
    }

    /// A hello that takes all VIPs with a high epoch, written by whoever holds these keys.
    func takeover(_ keys: OwnershipKeys, instance: UInt64 = 0xBAD, sequence: UInt32 = 1) throws -> [UInt8] {
        var header = OwnershipHeader(
            type: .hello, instance: try #require(InstanceID(bits: instance)), sequence: sequence, interval: 100,
            multiplier: 3, mac: MACAddress(bits: 0xBAD))
        header.claimsVersion = 4
        let changes = vips.map { ClaimChange($0, Claim(epoch: 1_000_000)) }
        let message = OwnershipMessage(
            header: header, elements: [.name("node-z"), .claims(.init(from: 0, to: 4, changes: changes))])
        return message.encoded(keys: keys)
    }

    @Test("wrong key, with the right number or another")
    func wrongKey() throws {
        var link = settled()
        let wrong = Array("not the key of it".utf8)
        expectDropped(try takeover(OwnershipKeys(id: 1, key: wrong)), as: [.tag], &link)
        expectDropped(try takeover(OwnershipKeys(id: 2, key: wrong)), as: [.key], &link)
        expectDropped(try takeover(.insecure), as: [.key], &link)
        // Under the name of a member that is known.
        let member = link.nodes[1].session.instance.bits
        expectDropped(
            try takeover(OwnershipKeys(id: 1, key: wrong), instance: member, sequence: 1 << 30), as: [.tag], &link)
    }

    @Test("replayed, at once and after the sender's death")
    func replayed() {
        var link = settled()
        let hello = lastSent(1, in: link)
        expectDropped(hello, as: [.replayed], &link)
        link.nodes[1].isAlive = false
        link.nodes[1].kernel = []
        link.run(.seconds(2))
        #expect(link.nodes[0].session.peerStatuses.contains { !$0.state.isLive })
        expectDropped(hello, as: [.replayed], &link)
        // The old process of a node that came back.
        link.restartProcess(1, booted: true, views: Dictionary(uniqueKeysWithValues: vips.map { ($0, link.view()) }))
        link.run(.seconds(3))
        expectDropped(hello, as: [.retired], &link)
    }

    @Test("replayed to a process that never heard the sender: it believes no claim, for nobody echoes it")
    func replayedToNewcomer() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        let hello = lastSent(owner, in: link)
        let other = (owner + 1) % 3
        let third = (owner + 2) % 3
        // All but one die, that one starts anew, and hears only a recording of the owner.
        for node in [owner, third] {
            link.nodes[node].isAlive = false
            link.nodes[node].kernel = []
        }
        link.restartProcess(
            other, booted: true, views: Dictionary(uniqueKeysWithValues: vips.map { ($0, link.view()) }))
        for _ in 0..<60 {
            link.send(.datagram(.init(bytes: hello, source: IPAddress(v4: 0x0A00_0099))), to: other)
            link.run(.milliseconds(100))
        }
        #expect(link.nodes[other].session.claimedVIPs == vips)
        #expect(link.nodes[other].session.peerStatuses.allSatisfy { !$0.state.isLive })
    }

    @Test("truncated at every byte, and with each byte changed")
    func truncated() {
        var link = settled()
        let hello = lastSent(1, in: link)
        let all = Set(OwnershipDrop.allCases)
        for count in hello.indices { expectDropped(Array(hello[..<count]), as: [.length], &link) }
        for index in hello.indices {
            var damaged = hello
            damaged[index] ^= 0xFF
            expectDropped(damaged, as: all, &link)
        }
    }

    @Test("from beyond a router: any TTL but 255", arguments: [0, 1, 64, 254] as [UInt8])
    func hopLimit(_ hopLimit: UInt8) throws {
        var link = settled()
        expectDropped(try takeover(link.keys), hopLimit: hopLimit, as: [.hopLimit], &link)
    }

    @Test("its own words, sent back")
    func reflected() {
        var link = settled()
        expectDropped(lastSent(0, in: link), as: [.instance], &link)
    }

    @Test("10,000 a second move nothing and lose nobody")
    func flood() throws {
        var link = settled()
        let owners = vips.map { link.claimants($0) }
        let forged = try takeover(OwnershipKeys(id: 1, key: Array("not the key of it".utf8)))
        let peersBefore = link.nodes[0].session.peerStatuses.map(\.instance)
        for _ in 0..<1000 {
            for _ in 0..<10 {
                link.send(.datagram(.init(bytes: forged, source: IPAddress(v4: 0x0A00_0099))), to: 0)
            }
            link.run(.milliseconds(1))
        }
        let counters = link.nodes[0].session.counters
        #expect(counters.dropped[.tag, default: 0] + counters.dropped[.sampled, default: 0] == 10_000)
        // Beyond 2000 a second only one in sixteen costs a hash.
        #expect((2000...3000).contains(counters.dropped[.tag, default: 0]))
        #expect(vips.map { link.claimants($0) } == owners)
        #expect(link.nodes[0].session.peerStatuses.map(\.instance) == peersBefore)
        #expect(counters.peersLost == 0 && counters.claims <= vips.count)
    }

    @Test("a flood does not keep a newcomer with the key out")
    func floodAndNewcomer() throws {
        var link = settled()
        let forged = try takeover(OwnershipKeys(id: 1, key: Array("not the key of it".utf8)))
        link.add("node-d", index: 3)
        link.send(.viewChanged(Dictionary(uniqueKeysWithValues: vips.map { ($0, link.view()) })), to: 3)
        link.send(.started(kernelHolds: [], snapshot: .init()), to: 3)
        for _ in 0..<3000 {
            for _ in 0..<10 {
                link.send(.datagram(.init(bytes: forged, source: IPAddress(v4: 0x0A00_0099))), to: 0)
            }
            link.run(.milliseconds(1))
        }
        #expect(link.nodes[0].session.peerStatuses.contains { $0.nodeName == "node-d" && $0.state == .up })
    }

    @Test("members beyond the limit are not kept, whoever has the key")
    func manyIdentities() throws {
        var link = settled()
        for identity in 1...3000 as ClosedRange<UInt64> {
            let bytes = try takeover(link.keys, instance: 0xF000_0000 + identity)
            link.send(.datagram(.init(bytes: bytes, source: IPAddress(v4: 0x0A00_0099))), to: 0)
        }
        #expect(link.nodes[0].session.peerStatuses.count <= 1024)
        #expect(link.nodes[0].session.counters.dropped[.tooManyMembers, default: 0] > 1900)
        // None of them hears us, so none of their claims counts.
        #expect(vips.allSatisfy { link.claimants($0).count == 1 })
    }
}
