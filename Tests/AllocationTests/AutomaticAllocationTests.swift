import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

@Suite("Automatic allocation")
struct AutomaticAllocationTests {
    @Test("the lowest free address is given, from the ranges in their order and the pools in order of name")
    func lowestFirst() throws {
        var desk = Desk(
            try pool("b", "10.0.0.1-10.0.0.2"), try pool("a", "192.0.2.10-192.0.2.11", "192.0.2.1-192.0.2.1"))
        #expect(desk.addresses("one") == "192.0.2.10")
        #expect(desk.addresses("two") == "192.0.2.11")
        #expect(desk.addresses("three") == "192.0.2.1")
        #expect(desk.addresses("four") == "10.0.0.1")
    }

    @Test("asking again changes nothing")
    func idempotent() throws {
        var desk = Desk(try pool("default", "192.0.2.0/28"))
        let grant = AddressGrant([try #require(IPAddress("192.0.2.0"))], pool: "default")
        #expect(desk.ask("web") == .assign(grant, replacing: nil, shortfall: nil))
        #expect(desk.ask("web") == .keep(grant, shortfall: nil))
        #expect(desk.allocator.usage(of: "default")?.assignedIPv4 == 1)
    }

    @Test("a freed address rests and is given last, but is given when there is no other")
    func freedAddressRests() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.3"))
        for name in ["a", "b"] { desk.ask(name) }
        desk.release("a")
        desk.release("b")
        #expect(desk.addresses("c") == "192.0.2.3")
        #expect(desk.addresses("d") == "192.0.2.1")
        desk.now += .seconds(29)
        desk.release("d")
        desk.now += .seconds(1)
        #expect(desk.addresses("e") == "192.0.2.2")
        #expect(desk.addresses("f") == "192.0.2.1")
        #expect(desk.addresses("g") == "poolExhausted")
    }

    @Test("after its rest an address comes in its order again")
    func restEnds() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9"))
        desk.ask("a")
        desk.release("a")
        #expect(desk.addresses("b") == "192.0.2.2")
        desk.now += .seconds(30)
        #expect(desk.addresses("c") == "192.0.2.1")
    }

    @Test("a resting address is given to whom asks for it by name")
    func restingByName() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.9"))
        desk.ask("a")
        desk.release("a")
        #expect(desk.addresses("b") { $0.want("192.0.2.1") } == "192.0.2.1")
    }

    @Test("a resting address of one pool waits for the free one of another")
    func restsAcrossPools() throws {
        var desk = Desk(try pool("a", "192.0.2.1/32"), try pool("b", "192.0.2.2/32"))
        desk.ask("one")
        desk.release("one")
        #expect(desk.addresses("two") == "192.0.2.2")
    }

    @Test("who waits is served when an address is freed, the longest waiting first")
    func waitingIsServed() throws {
        var desk = Desk(try pool("default", "192.0.2.1/32"))
        desk.ask("a")
        #expect(desk.addresses("b") == "poolExhausted")
        #expect(desk.addresses("c") == "poolExhausted")
        #expect(desk.allocator.takeWaiting().isEmpty)
        desk.release("a")
        #expect(desk.allocator.takeWaiting().map(\.name) == ["b", "c"])
        #expect(desk.addresses("b") == "192.0.2.1")
    }

    @Test("a refusal for want of addresses says how full each pool is and who fills it")
    func exhaustionIsExplained() throws {
        var desk = Desk(try pool("default", "192.0.2.1-192.0.2.3"))
        for name in ["a", "b", "c"] {
            desk.ask(name) { $0.key.namespace = name == "c" ? "shop" : "web" }
        }
        #expect(
            desk.ask("d").refusal?.message
                == "pool `default` has 0 of 3 addresses free; largest users: namespace `web` (2), `shop` (1)")
    }

    @Test("pools with autoAssign false are left out, and the refusal names them")
    func manualPoolsAreLeftOut() throws {
        var desk = Desk(try pool("manual", "192.0.2.1/32", autoAssign: false))
        let refusal = try #require(desk.ask("a").refusal)
        #expect(refusal.reason == .noPool)
        #expect(refusal.message == "no pool is for this Service; given on request only (autoAssign false): `manual`")
        #expect(desk.addresses("a") { $0.wish = .pool("manual") } == "192.0.2.1")
    }

    @Test("without any pool the refusal says to create one")
    func noPool() {
        var desk = Desk()
        #expect(desk.ask("a").refusal?.message == "there is no IPAddressPool; create one")
    }

    @Test("avoidBuggyIPs never gives .0 and .255")
    func avoidsBuggy() throws {
        var desk = Desk(try pool("default", "192.0.2.254-192.0.3.1", avoidBuggyIPs: true))
        #expect(desk.addresses("a") == "192.0.2.254")
        #expect(desk.addresses("b") == "192.0.3.1")
        #expect(desk.addresses("c") == "poolExhausted")
        #expect(desk.addresses("d") { $0.want("192.0.3.0") } == "addressNotInPool")
    }

    @Test("a whole /8 and a /64 cost nothing, and an IPv6 address far inside can be asked for")
    func hugePools() throws {
        var desk = Desk(try pool("default", "10.0.0.0/8", "2001:db8::/32"))
        #expect(desk.addresses("a") == "10.0.0.0")
        #expect(desk.addresses("b") { $0.families = [.ipv6] } == "2001:db8::")
        let far = "2001:db8:ffff::1"
        #expect(
            desk.addresses("c") {
                $0.families = [.ipv6]
                $0.want(far)
            } == far)
        #expect(
            desk.addresses("d") {
                $0.families = [.ipv6]
                $0.want(far)
            } == "addressTaken")
    }
}

@Suite("Pinned pools")
struct PinnedPoolTests {
    @Test("pinned pools come first, by priority; 0 is last; equal ones by name (MetalLB: random)")
    func priority() throws {
        var desk = Desk(
            try pool("open", "10.0.0.5/32"),
            try pool("p0", "10.0.0.4/32", pinned: .init(priority: 0, namespaces: ["default"])),
            try pool("p2-b", "10.0.0.3/32", pinned: .init(priority: 2, namespaces: ["default"])),
            try pool("p2-a", "10.0.0.2/32", pinned: .init(priority: 2)),
            try pool("p1", "10.0.0.1/32", pinned: .init(priority: 1)))
        let given = (0..<5).map { desk.addresses("s\($0)") }
        #expect(given == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"])
    }

    @Test("a pool pinned to another namespace is not used, not even by name")
    func otherNamespace() throws {
        var desk = Desk(try pool("shop", "10.0.0.1/32", pinned: .init(namespaces: ["shop"])))
        #expect(desk.addresses("a") == "noPool")
        #expect(desk.addresses("a") { $0.wish = .pool("shop") } == "noPool")
        #expect(desk.addresses("a") { $0.want("10.0.0.1") } == "noPool")
        #expect(
            desk.addresses("a") {
                $0.key.namespace = "shop"
                $0.wish = .automatic
            } == "10.0.0.1")
    }

    @Test("namespace selectors that match nobody admit nobody (MetalLB: an empty match admitted everybody)")
    func emptyMatchAdmitsNobody() throws {
        let selector = LabelSelector(matchLabels: ["team": "a"])
        var desk = Desk(try pool("team", "10.0.0.1/32", pinned: .init(namespaceSelectors: [selector])))
        #expect(desk.addresses("a") { $0.want("10.0.0.1") } == "noPool")
        #expect(desk.addresses("a") { $0.namespaceLabels = ["team": "b"] } == "noPool")
        #expect(desk.addresses("a") { $0.namespaceLabels = ["team": "a"] } == "10.0.0.1")
    }

    @Test("namespaces and Service selectors must both match")
    func bothMustMatch() throws {
        let pinned = AddressPool.ServiceAllocation(
            namespaces: ["default"], serviceSelectors: [LabelSelector(matchLabels: ["tier": "edge"])])
        var desk = Desk(try pool("edge", "10.0.0.1/32", pinned: pinned))
        #expect(desk.addresses("a") == "noPool")
        #expect(desk.addresses("a") { $0.labels = ["tier": "edge"] } == "10.0.0.1")
        let decision = desk.ask("a") { $0.labels = [:] }
        #expect(decision.text == "noPool")
        #expect(decision.replacing?.reason == .noPool)
    }
}
