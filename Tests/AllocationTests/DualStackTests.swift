import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

@Suite("Dual stack")
struct DualStackTests {
    let dual: (inout ServiceRequest) -> Void = { $0.families = [.ipv4, .ipv6] }
    let required: (inout ServiceRequest) -> Void = {
        $0.families = [.ipv4, .ipv6]
        $0.requiresDualStack = true
    }

    @Test("both addresses come from the first pool that has both")
    func samePool() throws {
        var desk = Desk(
            try pool("a", "10.0.0.1/32"), try pool("b", "2001:db8::1/128"),
            try pool("c", "10.0.1.1/32", "2001:db8:1::1/128"))
        #expect(desk.addresses("s", required) == "10.0.1.1 2001:db8:1::1")
    }

    @Test("the primary family comes first")
    func primaryFirst() throws {
        var desk = Desk(try pool("c", "10.0.1.1/32", "2001:db8:1::1/128"))
        #expect(desk.addresses("s") { $0.families = [.ipv6, .ipv4] } == "2001:db8:1::1 10.0.1.1")
    }

    @Test("RequireDualStack is refused where no pool has both; PreferDualStack takes its primary family")
    func withoutDualPool() throws {
        var desk = Desk(try pool("a", "2001:db8::1/128"), try pool("b", "10.0.0.1/32"))
        #expect(desk.addresses("r", required) == "familyMismatch")
        let decision = desk.ask("p", dual)
        #expect(decision.text == "10.0.0.1")
        #expect(decision.refusal?.stage == .additional)
        #expect(desk.addresses("q", dual) == "2001:db8::1")
    }

    @Test("two addresses of two pools are refused")
    func twoPoolsRefused() throws {
        var desk = Desk(try pool("a", "2001:db8::1/128"), try pool("b", "10.0.0.1/32"))
        #expect(
            desk.addresses("r") {
                $0.families = [.ipv4, .ipv6]
                $0.want("10.0.0.1", "2001:db8::1")
            } == "addressNotInPool")
    }

    @Test("PreferDualStack with one address gets the second when its pool has one")
    func additionalLater() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.2"))
        #expect(desk.addresses("s", dual) == "10.0.0.1")
        desk.configure(try pool("a", "10.0.0.1-10.0.0.2", "2001:db8::1/128"))
        #expect(desk.allocator.takeWaiting().map(\.name) == ["s"])
        let decision = desk.ask("s")
        #expect(decision.text == "10.0.0.1 2001:db8::1")
        #expect(decision.refusal == nil)
        #expect(desk.allocator.takeWaiting().isEmpty)
    }

    @Test("a Service that becomes dual-stack keeps its address; one that becomes single-stack keeps the one that fits")
    func policyChanges() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.2", "2001:db8::1/128"))
        #expect(desk.addresses("s") == "10.0.0.1")
        #expect(desk.addresses("s", required) == "10.0.0.1 2001:db8::1")
        #expect(
            desk.addresses("s") {
                $0.families = [.ipv6]
                $0.requiresDualStack = false
            } == "2001:db8::1")
        #expect(desk.allocator.usage(of: "a")?.assignedIPv4 == 0)
    }

    @Test("a Service that requires dual stack and has one address moves to a pool with both")
    func requiredMoves() throws {
        var desk = Desk(try pool("a", "10.0.0.1/32"), try pool("b", "10.0.1.1/32", "2001:db8::1/128"))
        #expect(desk.addresses("s") == "10.0.0.1")
        let decision = desk.ask("s", required)
        #expect(decision.text == "10.0.1.1 2001:db8::1")
        #expect(decision.replacing?.reason == .familyMismatch)
    }

    @Test("IPv4 and IPv6 Services in one pool are counted apart, and one family's exhaustion is not the other's")
    func mixedPool() throws {
        var desk = Desk(try pool("a", "10.0.0.1/32", "2001:db8::1-2001:db8::2"))
        #expect(desk.addresses("four") == "10.0.0.1")
        #expect(desk.addresses("six") { $0.families = [.ipv6] } == "2001:db8::1")
        #expect(desk.addresses("again") == "poolExhausted")
        #expect(
            desk.allocator.usage(of: "a")
                == PoolUsage(pool: "a", assignedIPv4: 1, assignedIPv6: 1, availableIPv4: 0, availableIPv6: 1))
    }

    @Test("an address of a family that the Service does not have is taken away")
    func wrongFamilyAssigned() throws {
        var desk = Desk(try pool("a", "10.0.0.1/32", "2001:db8::1/128"))
        desk.ask("s")
        let decision = desk.ask("s") { $0.families = [.ipv6] }
        #expect(decision.text == "2001:db8::1")
        #expect(decision.replacing?.reason == .familyMismatch)
    }
}
