import Addresses
import Announcement
import Kernel
import Speaker
import Testing
import Timing

@Suite("What of ours should be in the kernel")
struct KernelProgramTests {
    let sink: Int32 = 9
    let vip = IPAddress(v4: 0xC0A8_7A5A)
    let now = Instant(sinceStart: .seconds(100))
    let vip6 = IPAddress(v6: 0xFD00_0122 << 96 | 0x90)

    func proxy(_ address: IPAddress, link: Int32 = 2) -> Answer { Answer(address: address, link: link, method: .proxy) }

    /// The kernel as it is when it holds exactly this.
    func sight(_ answers: [Answer], isLeaseAlive: Bool = true) -> KernelSight {
        var sight = KernelSight()
        for answer in answers {
            switch answer.method {
            case .proxy:
                sight.routes.insert(answer.address)
                sight.proxies.insert(.init(address: answer.address, link: answer.link))
            case .address: sight.addresses.insert(.init(address: answer.address, link: answer.link))
            }
        }
        sight.isLeaseAlive = isLeaseAlive
        return sight
    }

    @Test("a proxied address gets its route first, with the lease as its source, then its entry")
    func answer() {
        var program = KernelProgram()
        #expect(
            program.answer([proxy(vip)], sink: sink) == [
                .addRoute(vip, outputIndex: sink, source: KernelOwner.leaseAddress), .addProxy(vip, index: 2),
            ])
        #expect(
            program.silence([proxy(vip)], sink: sink) == [
                .removeProxy(vip, index: 2), .removeRoute(vip, outputIndex: sink),
            ])
        #expect(program.silence([proxy(vip)], sink: sink).isEmpty)
    }

    @Test("an address announced on two links keeps its one route until the last link lets go")
    func twoLinks() {
        var program = KernelProgram()
        _ = program.answer([proxy(vip, link: 2), proxy(vip, link: 3)], sink: sink)
        #expect(program.silence([proxy(vip, link: 2)], sink: sink) == [.removeProxy(vip, index: 2)])
        #expect(
            program.silence([proxy(vip, link: 3)], sink: sink) == [
                .removeProxy(vip, index: 3), .removeRoute(vip, outputIndex: sink),
            ])
    }

    @Test(
        "one message renews every proxied address, and each address of its own has one; seconds are rounded up",
        arguments: [(Duration.seconds(4), 4), (.milliseconds(3200), 4), (.seconds(30), 30), (.zero, 1)]
            as [(Duration, UInt32)])
    func lease(duration: Duration, seconds: UInt32) {
        var program = KernelProgram()
        let own = Answer(address: vip6, link: 2, method: .address)
        _ = program.answer([proxy(vip), own], sink: sink)
        #expect(
            program.setLease(duration, sink: sink, at: now) == [
                .setAddress(KernelOwner.leaseAddress, index: sink, validSeconds: seconds),
                .setAddress(vip6, index: 2, validSeconds: seconds),
            ])
    }

    @Test("a kernel that is as it should be needs no change")
    func adopted() {
        var program = KernelProgram()
        let held = [proxy(vip), Answer(address: vip6, link: 2, method: .address)]
        program.adopt(held)
        #expect(program.repair(sight(held), sink: sink, at: now).isEmpty)
        #expect(Set(sight(held).held) == Set(held))
    }

    @Test("whatever others removed comes back, and what is ours and not wanted goes")
    func repair() {
        var program = KernelProgram()
        program.adopt([proxy(vip)])
        var seen = sight([proxy(vip)])
        seen.proxies = []
        #expect(program.repair(seen, sink: sink, at: now) == [.addProxy(vip, index: 2)])
        seen = sight([proxy(vip)])
        seen.routes = []
        #expect(
            program.repair(seen, sink: sink, at: now) == [
                .addRoute(vip, outputIndex: sink, source: KernelOwner.leaseAddress)
            ])
        let stale = IPAddress(v4: 0xC0A8_7A5B)
        #expect(
            program.repair(sight([proxy(vip), proxy(stale)]), sink: sink, at: now) == [
                .removeProxy(stale, index: 2), .removeRoute(stale, outputIndex: sink),
            ])
    }

    @Test("a lapsed lease stays lapsed: no route is written that the kernel would refuse, and nothing counts as held")
    func lapsed() {
        var program = KernelProgram()
        program.adopt([proxy(vip)])
        var seen = sight([proxy(vip)], isLeaseAlive: false)
        #expect(seen.held.isEmpty)
        seen.routes = []
        #expect(program.repair(seen, sink: sink, at: now).isEmpty)
    }

    @Test("a lease that somebody removed comes back at once for the rest of its time, with the routes that hung on it")
    func removedLease() {
        var program = KernelProgram()
        program.adopt([proxy(vip)])
        _ = program.setLease(.seconds(4), sink: sink, at: now)
        var seen = sight([proxy(vip)], isLeaseAlive: false)
        seen.routes = []
        let route = KernelChange.addRoute(vip, outputIndex: sink, source: KernelOwner.leaseAddress)
        #expect(
            program.repair(seen, sink: sink, at: now + .milliseconds(900)) == [
                .setAddress(KernelOwner.leaseAddress, index: sink, validSeconds: 3), route,
            ])
        // With less than a second to go it could only be put back for longer than it had.
        #expect(program.repair(seen, sink: sink, at: now + .milliseconds(3100)).isEmpty)
        #expect(program.repair(seen, sink: sink, at: now + .seconds(10)).isEmpty)
    }

    @Test("a lease that nothing hangs on is not put back")
    func unusedLease() {
        var program = KernelProgram()
        _ = program.setLease(.seconds(4), sink: sink, at: now)
        #expect(program.repair(KernelSight(), sink: sink, at: now).isEmpty)
    }

    @Test("an address of its own that lapsed while the process hung stays away: by now it may be another node's")
    func lapsedAddress() {
        var program = KernelProgram()
        _ = program.answer([Answer(address: vip6, link: 2, method: .address)], sink: sink)
        _ = program.setLease(.seconds(4), sink: sink, at: now)
        #expect(
            program.repair(KernelSight(), sink: sink, at: now + .seconds(1)) == [
                .setAddress(vip6, index: 2, validSeconds: 3)
            ])
        #expect(program.repair(KernelSight(), sink: sink, at: now + .seconds(5)).isEmpty)
    }
}
