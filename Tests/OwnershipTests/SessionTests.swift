import Addresses
import Ownership
import Ranking
import Testing

@Suite("Machines on one link")
struct SessionTests {
    let names = ["node-a", "node-b", "node-c"]
    let vips = (1...4).map(TestLink.vip)

    func settled(_ names: [String]? = nil) -> TestLink { .settled(names ?? self.names, vips) }

    @Test("each VIP ends with the best candidate, and one kernel answers")
    func elects() {
        let link = settled()
        for vip in vips {
            let best = names.map { Candidate($0) }.ranked(for: vip).first?.nodeName
            #expect(link.claimants(vip) == [best])
            #expect(link.answering(vip) == [best])
            for node in link.nodes { #expect(node.session.status(of: vip)?.owner == best) }
        }
    }

    @Test("a node that died is replaced within 320 ms at 100 ms hellos")
    func death() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        link.nodes[owner].isAlive = false
        link.nodes[owner].kernel = []
        let others = link.nodes.indices.filter { $0 != owner }
        let gap = link.gap(vips[0], among: others)
        #expect(gap > .milliseconds(150) && gap <= .milliseconds(325), "\(gap)")
        link.run(.seconds(2))
        #expect(link.claimants(vips[0]).count == 1)
    }

    @Test("a cut link is replaced within 320 ms, and after it heals one owner is left: the new one")
    func cut() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        link.isolate(owner)
        let others = link.nodes.indices.filter { $0 != owner }
        let gap = link.gap(vips[0], among: others)
        #expect(gap <= .milliseconds(325), "\(gap)")
        link.run(.seconds(5))
        let heir = link.claimants(vips[0]).first { $0 != link.nodes[owner].name }
        link.isolate(owner, false)
        link.run(.seconds(5))
        #expect(link.claimants(vips[0]) == [heir])
        #expect(link.answering(vips[0]) == [heir])
    }

    @Test("nothing moves when a better candidate comes or a node comes back")
    func sticky() {
        var link = TestLink(names)
        let views = Dictionary(uniqueKeysWithValues: vips.map { ($0, link.view()) })
        for index in [1, 2] {
            link.send(.viewChanged(views), to: index)
            link.send(.started(kernelHolds: [], snapshot: .init()), to: index)
        }
        link.run(.seconds(3))
        let before = vips.map { link.claimants($0) }
        #expect(before.allSatisfy { $0.count == 1 })
        link.send(.viewChanged(views), to: 0)
        link.send(.started(kernelHolds: [], snapshot: .init()), to: 0)
        link.run(.seconds(10))
        #expect(vips.map { link.claimants($0) } == before)
    }

    @Test("a killed speaker that comes back within a second keeps its VIPs and epochs, and no kernel is silent")
    func crash() throws {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        let epoch = try #require(link.nodes[owner].session.status(of: vips[0])?.epoch)
        let snapshot = link.nodes[owner].session.snapshot
        link.nodes[owner].isAlive = false
        link.run(.seconds(1))
        #expect(link.answering(vips[0]) == [link.nodes[owner].name])
        let views = Dictionary(uniqueKeysWithValues: vips.map { ($0, link.view()) })
        link.restartProcess(owner, booted: false, snapshot: snapshot, views: views)
        link.run(.seconds(5))
        #expect(link.claimants(vips[0]) == [link.nodes[owner].name])
        #expect(link.nodes[owner].session.status(of: vips[0])?.epoch == epoch)
        #expect(link.answering(vips[0]) == [link.nodes[owner].name])
    }

    @Test("a killed speaker that stays away is replaced before its kernel falls silent")
    func crashForEver() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        link.nodes[owner].isAlive = false
        for _ in 0..<6000 {
            link.run(.milliseconds(1))
            #expect(!link.answering(vips[0]).isEmpty)
        }
        #expect(link.answering(vips[0]) != [link.nodes[owner].name])
        #expect(link.answering(vips[0]).count == 1)
    }

    @Test("a restart moves nothing, even without a snapshot")
    func restart() throws {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        let epoch = try #require(link.nodes[owner].session.status(of: vips[0])?.epoch)
        link.send(.restart, to: owner)
        link.run(.milliseconds(60))
        #expect(link.nodes[owner].effects.contains(.finished(.restart)))
        link.nodes[owner].isAlive = false
        link.run(.seconds(10))
        #expect(link.answering(vips[0]) == [link.nodes[owner].name])
        let views = Dictionary(uniqueKeysWithValues: vips.map { ($0, link.view()) })
        link.restartProcess(owner, booted: false, views: views)
        link.run(.seconds(3))
        #expect(link.claimants(vips[0]) == [link.nodes[owner].name])
        #expect(link.nodes[owner].session.status(of: vips[0])?.epoch == epoch)
        #expect(link.answering(vips[0]) == [link.nodes[owner].name])
    }

    @Test("a drained node hands over without a moment in which nobody answers, and ends with nothing")
    func drain() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        link.send(.quiesced(true), to: owner)
        for _ in 0..<2000 {
            link.run(.milliseconds(1))
            #expect(!link.answering(vips[0]).isEmpty)
        }
        #expect(link.answering(vips[0]).count == 1)
        #expect(link.nodes[owner].session.answeredVIPs.isEmpty)
        #expect(link.nodes[owner].session.status(of: vips[0])?.state == .notCandidate(.quiesced))
    }

    @Test("a node that leaves hands everything over and says when it has done")
    func leave() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        link.send(.leave, to: owner)
        link.run(.seconds(2))
        #expect(link.nodes[owner].effects.contains(.finished(.leave)))
        link.nodes[owner].isAlive = false
        for vip in vips { #expect(link.answering(vip).count == 1) }
    }

    @Test("the only node keeps its VIPs when drained, and withdraws them when its grace ends")
    func leaveAlone() {
        var link = settled(["node-a"])
        link.send(.leave, to: 0)
        link.run(.seconds(5))
        #expect(link.answering(vips[0]) == ["node-a"])
        link.send(.graceEnded, to: 0)
        #expect(link.answering(vips[0]).isEmpty)
        #expect(link.nodes[0].effects.contains(.finished(.leave)))
    }

    @Test("an address that a stranger uses is not claimed")
    func addressInUse() {
        var link = TestLink(["node-a"])
        let stranger = MACAddress(bits: 0xBAD)
        link.start([vips[0]])
        link.run(.milliseconds(1010))
        while !link.nodes[0].effects.contains(.startProbe([vips[0]])) { link.run(.milliseconds(1)) }
        link.send(.neighborHeard(link.observation(vips[0], stranger)), to: 0)
        link.run(.milliseconds(500))
        #expect(link.claimants(vips[0]).isEmpty)
        #expect(link.reports(0).contains(.addressInUse(vips[0], stranger)))
        #expect(link.nodes[0].session.status(of: vips[0])?.state == .backingOff(stranger))
        link.run(.seconds(2))
        #expect(link.claimants(vips[0]) == ["node-a"])
    }

    @Test("two partitions elect, and one owner is left when they meet")
    func partition() {
        var link = settled(["node-a", "node-b", "node-c", "node-d"])
        for a in [0, 1] { for b in [2, 3] { link.cuts.formUnion([[a, b], [b, a]]) } }
        link.run(.seconds(20))
        for vip in vips { #expect(link.claimants(vip).count == 2) }
        link.cuts = []
        link.run(.seconds(4))
        for vip in vips {
            #expect(link.claimants(vip).count == 1)
            #expect(link.answering(vip) == link.claimants(vip))
        }
    }

    @Test("different scores on both sides settle all the same")
    func skewedConfiguration() {
        var link = TestLink(["node-a", "node-b"])
        link.cuts = [[0, 1], [1, 0]]
        for index in [0, 1] {
            let own = link.nodes[index].name
            let other = link.nodes[1 - index].name
            let view = VIPView(candidates: [Candidate(own, score: 100), Candidate(other)], eligibility: .eligible)
            link.send(.viewChanged(Dictionary(uniqueKeysWithValues: vips.map { ($0, view) })), to: index)
            link.send(.started(kernelHolds: [], snapshot: .init()), to: index)
        }
        link.run(.seconds(3))
        link.cuts = []
        link.run(.seconds(3))
        for vip in vips { #expect(link.claimants(vip).count == 1) }
    }

    @Test("a VIP that the configuration deletes is withdrawn, and a stale node does not revive it")
    func deleted() {
        var link = settled()
        link.send(.configurationRead, to: 0)
        link.send(.configurationRead, to: 1)
        for index in [0, 1, 2] where link.nodes[index].name != "node-c" {
            link.send(.viewChanged([:], deleted: [vips[0]]), to: index)
        }
        link.run(.seconds(2))
        // Whoever owned it, node-c never heard of the deletion and has the older configuration.
        if link.claimants(vips[0]) == ["node-c"] { return }
        #expect(link.claimants(vips[0]).isEmpty)
        #expect(link.nodes[2].session.status(of: vips[0])?.state == .notCandidate(.deletedElsewhere))
        link.run(.seconds(1))
        link.send(.configurationRead, to: 2)
        link.run(.seconds(2))
        #expect(link.claimants(vips[0]) == ["node-c"])
    }
}
