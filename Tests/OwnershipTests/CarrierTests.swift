import Addresses
import Ownership
import Testing

@Suite("The carrier goes and comes")
struct CarrierTests {
    let vips = (1...4).map(TestLink.vip)

    func settled() -> TestLink { .settled(["node-a", "node-b", "node-c"], vips) }

    @Test("a carrier lost for less than two hellos changes nothing but an announcement")
    func shortCarrierLoss() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        let mac = MACAddress(bits: UInt64(owner) + 1)
        let epoch = link.nodes[owner].session.status(of: vips[0])?.epoch
        link.send(.linkDown, to: owner)
        #expect(link.answering(vips[0]).isEmpty)
        link.isolate(owner)
        link.run(.milliseconds(150))
        link.isolate(owner, false)
        link.nodes[owner].effects = []
        link.send(.linkUp(mac), to: owner)
        #expect(link.answering(vips[0]) == [link.nodes[owner].name])
        #expect(link.nodes[owner].effects.contains { if case .announceBurst = $0 { true } else { false } })
        link.run(.seconds(3))
        #expect(link.claimants(vips[0]) == [link.nodes[owner].name])
        #expect(link.nodes[owner].session.status(of: vips[0])?.epoch == epoch)
    }

    @Test("a carrier that comes back later finds its VIPs elsewhere and leaves them there")
    func longCarrierLoss() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        link.send(.linkDown, to: owner)
        link.isolate(owner)
        link.run(.seconds(2))
        let heirs = link.claimants(vips[0])
        #expect(heirs.count == 1 && heirs != [link.nodes[owner].name])
        link.isolate(owner, false)
        link.send(.linkUp(MACAddress(bits: UInt64(owner) + 1)), to: owner)
        link.run(.seconds(3))
        #expect(link.claimants(vips[0]) == heirs)
        #expect(link.nodes[owner].session.status(of: vips[0])?.state == .standby)
    }

    @Test("members whose words come late after a carrier's return are waited for, though the gateway answers at once")
    func lateWordsAfterCarrierLoss() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        link.send(.linkDown, to: owner)
        link.isolate(owner)
        link.run(.milliseconds(700))
        let heirs = link.claimants(vips[0])
        #expect(heirs.count == 1 && heirs != [link.nodes[owner].name])
        link.isolate(owner, false)
        // A switch that learns, or an event loop that is busy: the others' hellos do not come through for a while.
        for other in link.nodes.indices where other != owner { link.cuts.insert([other, owner]) }
        link.send(.linkUp(MACAddress(bits: UInt64(owner) + 1)), to: owner)
        for _ in 0..<140 {
            link.run(.milliseconds(10))
            #expect(link.claimants(vips[0]) == heirs)
        }
        link.cuts = []
        link.run(.seconds(5))
        #expect(link.claimants(vips[0]) == heirs)
        #expect(link.nodes[owner].session.status(of: vips[0])?.state == .standby)
    }

    @Test("a loss and a return of the carrier that are learnt at once are no short loss: nothing is announced on them")
    func carrierEventsLearntLate() {
        var link = settled()
        let owner = link.index(link.claimants(vips[0])[0])
        let mac = MACAddress(bits: UInt64(owner) + 1)
        link.send(.linkDown, to: owner)
        link.isolate(owner)
        // The process is stopped for a while: no tick comes between the two events.
        link.nodes[owner].isAlive = false
        link.run(.milliseconds(900))
        let heirs = link.claimants(vips[0])
        #expect(heirs.count == 1 && heirs != [link.nodes[owner].name])
        link.nodes[owner].isAlive = true
        link.isolate(owner, false)
        link.nodes[owner].effects = []
        link.send(.linkUp(mac), to: owner)
        #expect(!link.nodes[owner].effects.contains { if case .announceBurst = $0 { true } else { false } })
        #expect(link.nodes[owner].kernel.isDisjoint(with: vips))
        link.run(.seconds(3))
        #expect(link.claimants(vips[0]) == heirs)
    }
}
