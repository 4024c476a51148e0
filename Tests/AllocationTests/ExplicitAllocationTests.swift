import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

@Suite("Addresses and pools that a Service asks for")
struct ExplicitAllocationTests {
    @Test("the address asked for is given, and refused to the next one who asks")
    func explicitAddress() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9"))
        #expect(desk.addresses("a") { $0.want("192.0.2.5") } == "192.0.2.5")
        let refusal = try #require(desk.ask("b") { $0.want("192.0.2.5") }.refusal)
        #expect(refusal.reason == .addressTaken)
        #expect(refusal.message.hasPrefix("192.0.2.5 is in use by default/a;"))
        desk.release("a")
        #expect(desk.allocator.takeWaiting().map(\.name) == ["b"])
        #expect(desk.addresses("b") == "192.0.2.5")
    }

    @Test("an address in no pool is refused with the pools there are")
    func notInPool() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9"))
        let refusal = try #require(desk.ask("a") { $0.want("192.0.2.200") }.refusal)
        #expect(refusal.reason == .addressNotInPool)
        #expect(
            refusal.message
                == "192.0.2.200 is in no pool; the pools are `default`. Add it to a pool or ask for another address")
    }

    @Test("another address asked for replaces the one held, without a complaint about the old one")
    func changedWish() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9"))
        desk.ask("a") { $0.want("192.0.2.5") }
        let decision = desk.ask("a") { $0.want("192.0.2.6") }
        #expect(decision.text == "192.0.2.6")
        #expect(decision.replacing == nil)
        #expect(desk.allocator.usage(of: "default")?.assignedIPv4 == 1)
    }

    @Test("no wish any more keeps the address")
    func droppedWish() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9"))
        desk.ask("a") { $0.want("192.0.2.5") }
        #expect(desk.addresses("a") { $0.wish = .automatic } == "192.0.2.5")
    }

    @Test("a pool asked for is used although it does not assign automatically; another one asked for later moves")
    func pools() throws {
        var desk = Desk(try pool("a", "10.0.0.1/32"), try pool("b", "10.0.0.2/32", autoAssign: false))
        #expect(desk.addresses("s") { $0.wish = .pool("b") } == "10.0.0.2")
        #expect(desk.addresses("s") { $0.wish = .pool("a") } == "10.0.0.1")
        #expect(desk.addresses("s") { $0.wish = .pool("c") } == "noPool")
        #expect(desk.addresses("s") { $0.wish = .automatic } == "10.0.0.1")
    }

    @Test("an address and a pool that does not own it contradict one another")
    func addressAndPool() throws {
        var desk = Desk(try pool("a", "10.0.0.1/32"), try pool("b", "10.0.0.2/32"))
        let address = try #require(IPAddress("10.0.0.1"))
        #expect(desk.addresses("s") { $0.wish = .addresses([address], pool: "b") } == "addressNotInPool")
        #expect(desk.addresses("s") { $0.wish = .addresses([address], pool: "a") } == "10.0.0.1")
    }

    @Test("wishes that cannot be read are refused, and keep what the Service has")
    func unreadable() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9"))
        let refusal = AllocationRefusal(.configurationInvalid, .reading, subject: "x", "no address")
        #expect(desk.addresses("a") { $0.wish = .unreadable(refusal) } == "configurationInvalid")
        desk.ask("b")
        let decision = desk.ask("b") { $0.wish = .unreadable(refusal) }
        #expect(decision.text == "192.0.2.1")
        #expect(decision.refusal == refusal)
    }

    @Test("the wrong family is refused, also one address for a dual-stack Service")
    func wrongFamily() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9", "2001:db8::1-2001:db8::9"))
        #expect(desk.addresses("a") { $0.want("2001:db8::1") } == "familyMismatch")
        #expect(
            desk.addresses("b") {
                $0.families = [.ipv4, .ipv6]
                $0.want("192.0.2.1")
            } == "familyMismatch")
        #expect(
            desk.addresses("b") { $0.want("2001:db8::5", "192.0.2.5") } == "192.0.2.5 2001:db8::5")
    }
}
