import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

@Suite("Changed pools")
struct ConfigurationChangeTests {
    @Test("the same pools need no second look")
    func samePools() throws {
        var allocator = Allocator(configuration: Configuration(pools: [try pool("a", "10.0.0.1/32")]))
        #expect(!allocator.setConfiguration(Configuration(pools: [try pool("a", "10.0.0.1/32")])))
        #expect(allocator.setConfiguration(Configuration(pools: [try pool("a", "10.0.0.1-10.0.0.2")])))
    }

    @Test("a grown, renamed or split pool keeps every address")
    func keeps() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.2"))
        for name in ["one", "two"] { desk.ask(name) }
        desk.configure(try pool("a", "10.0.0.0/24"))
        #expect(desk.addresses("one") == "10.0.0.1")
        desk.configure(try pool("b", "10.0.0.0/24"))
        #expect(desk.ask("one").grant?.pool == "b")
        desk.configure(try pool("left", "10.0.0.1/32"), try pool("right", "10.0.0.2-10.0.0.9"))
        #expect(desk.ask("one").grant?.pool == "left")
        #expect(
            desk.ask("two") == .keep(AddressGrant([try #require(IPAddress("10.0.0.2"))], pool: "right"), shortfall: nil)
        )
        #expect(desk.allocator.usage.map(\.assignedIPv4) == [1, 1])
    }

    @Test("a shrunk pool moves who no longer fits, and takes nobody else's address for it")
    func shrink() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.3"))
        for name in ["one", "two", "three"] { desk.ask(name) }
        desk.configure(try pool("a", "10.0.0.2-10.0.0.4"))
        let decision = desk.ask("one")
        #expect(decision.text == "10.0.0.4")
        #expect(decision.replacing?.reason == .addressNotInPool)
        #expect(decision.replacing?.stage == .retention)
        #expect(desk.addresses("two") == "10.0.0.2")
    }

    @Test("a pool that shrinks below its use leaves the rest without, in words")
    func shrinkTooFar() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.2"))
        for name in ["one", "two"] { desk.ask(name) }
        desk.configure(try pool("a", "10.0.0.2/32"))
        #expect(desk.addresses("one") == "poolExhausted")
        #expect(desk.addresses("two") == "10.0.0.2")
    }

    @Test("avoidBuggyIPs turned on moves who has .0 or .255")
    func enableBuggy() throws {
        var desk = Desk(try pool("a", "10.0.0.0/30"))
        #expect(desk.addresses("one") == "10.0.0.0")
        desk.configure(try pool("a", "10.0.0.0/30", avoidBuggyIPs: true))
        #expect(desk.addresses("one") == "10.0.0.1")
    }

    @Test("autoAssign turned off, or a better pool, moves nobody")
    func doesNotMove() throws {
        var desk = Desk(try pool("b", "10.0.0.1/32"))
        desk.ask("one")
        desk.configure(try pool("a", "10.0.1.1/32"), try pool("b", "10.0.0.1/32", autoAssign: false))
        #expect(desk.addresses("one") == "10.0.0.1")
    }

    @Test("a pool split by family leaves a dual-stack Service its primary address")
    func splitByFamily() throws {
        var desk = Desk(try pool("a", "10.0.0.1/32", "2001:db8::1/128"))
        desk.ask("one") { $0.families = [.ipv4, .ipv6] }
        desk.configure(try pool("four", "10.0.0.1/32"), try pool("six", "2001:db8::1/128"))
        let decision = desk.ask("one")
        #expect(decision.text == "10.0.0.1")
        #expect(decision.refusal?.stage == .additional)
        #expect(desk.allocator.usage(of: "six")?.assignedIPv6 == 0)
    }

    @Test("pools that go and come back give every Service what it had, whoever asks first")
    func comesBack() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.3"))
        for name in ["one", "two", "three"] { desk.ask(name) }
        desk.configure()
        for name in ["one", "two", "three"] { #expect(desk.addresses(name) == "noPool") }
        desk.configure(try pool("a", "10.0.0.1-10.0.0.3"))
        #expect(["three", "one", "two"].map { desk.addresses($0) } == ["10.0.0.3", "10.0.0.1", "10.0.0.2"])
    }

    @Test(
        "a family that its pool loses takes the address of the other family not along",
        arguments: [("10.0.0.1-10.0.0.3", "10.0.0.2"), ("2001:db8::1-2001:db8::3", "2001:db8::2")])
    func losesOneFamily(left: String, kept: String) throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.3", "2001:db8::1-2001:db8::3"))
        for name in ["zero", "one"] { desk.ask(name) { $0.families = [.ipv4, .ipv6] } }
        desk.release("zero")
        desk.now += .seconds(60)
        desk.configure(try pool("a", left))
        let decision = desk.ask("one")
        #expect(decision.text == kept)
        #expect(decision.replacing?.reason == .addressNotInPool)
        #expect(decision.refusal?.stage == .additional)
        #expect(desk.ask("one").replacing == nil)
        desk.configure(try pool("a", "10.0.0.1-10.0.0.3", "2001:db8::1-2001:db8::3"))
        #expect(desk.ask("one").grant?.addresses.count == 2)
    }

    @Test("a Service that requires both families and loses one loses the other, and gets both back with the pool")
    func requiredLosesBoth() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.3", "2001:db8::1-2001:db8::3"))
        for name in ["zero", "one"] {
            desk.ask(name) {
                $0.families = [.ipv4, .ipv6]
                $0.requiresDualStack = true
            }
        }
        desk.configure(try pool("a", "10.0.0.1-10.0.0.3"))
        let decision = desk.ask("one")
        #expect(decision.text == "familyMismatch")
        #expect(decision.replacing?.reason == .addressNotInPool)
        desk.configure(try pool("a", "10.0.0.1-10.0.0.3", "2001:db8::1-2001:db8::3"))
        #expect(desk.addresses("zero") == "10.0.0.1 2001:db8::1")
        #expect(desk.addresses("one") == "10.0.0.2 2001:db8::2")
    }

    @Test("an address keeps its rest over a change of the pools")
    func restSurvives() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.3"))
        desk.ask("one")
        desk.release("one")
        desk.configure(try pool("b", "10.0.0.0/29"))
        #expect(desk.addresses("two") == "10.0.0.0")
        #expect(desk.addresses("three") == "10.0.0.2")
        desk.now += .seconds(30)
        #expect(desk.addresses("four") == "10.0.0.1")
    }

    @Test(
        "counts: usable capacity, whatever the shape of the pool",
        arguments: [
            (["10.0.0.0/24"], false, 256, 0), (["10.0.0.0/24", "10.0.1.0/25"], false, 384, 0),
            (["10.0.0.0/24", "10.0.1.0/25"], true, 254 + 127, 0), (["2001:db8::/64"], false, 0, Int64.max),
            (["2001:db8::/64", "2001:db9::/32"], false, 0, .max), (["10.0.0.0/24", "2001:db8::/120"], false, 256, 256),
        ])
    func counts(texts: [String], avoidsBuggy: Bool, v4: Int64, v6: Int64) throws {
        let pool = AddressPool(name: "a", ranges: try texts.map(range), avoidBuggyIPs: avoidsBuggy)
        var allocator = Allocator(configuration: Configuration(pools: [pool]))
        #expect(allocator.usage == [PoolUsage(pool: "a", availableIPv4: v4, availableIPv6: v6)])
        let key = ObjectKey(namespace: "n", name: "s")
        let request = ServiceRequest(key: key, families: v4 > 0 ? [.ipv4] : [.ipv6])
        _ = allocator.reconcile(.request(request), for: key, at: .now)
        let usage = try #require(allocator.usage(of: "a"))
        #expect(usage.assignedIPv4 + usage.assignedIPv6 == 1)
        #expect(usage.availableIPv4 == max(0, v4 - 1) || v4 == 0)
    }
}
