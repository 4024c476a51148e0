import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

@Suite("Sharing an address")
struct SharingTests {
    /// A desk where `default/a` has 10.0.0.1 with key `k`, TCP/80 and the given backend.
    func desk(backend: String = "") throws -> Desk {
        var desk = Desk(try pool("p", "10.0.0.1-10.0.0.4"))
        desk.ask("a") { $0.share("k", tcp80, backend: backend) }
        return desk
    }

    @Test("equal keys, equal backends and different ports share; namespaces need not match")
    func shares() throws {
        var desk = try desk()
        #expect(
            desk.addresses("b") {
                $0.key.namespace = "other"
                $0.share("k", tcp443)
                $0.want("10.0.0.1")
            } == "10.0.0.1")
        #expect(desk.addresses("c") { $0.share("k", udp80) } == "10.0.0.1")
        #expect(desk.allocator.usage(of: "p")?.assignedIPv4 == 1)
        #expect(desk.allocator.users(of: try #require(IPAddress("10.0.0.1"))).map(\.name) == ["a", "c", "b"])
    }

    @Test(
        "anything else does not",
        arguments: [
            ("k", tcp80, "", Reason.sharingConflict), ("other", tcp443, "", .sharingConflict),
            ("k", tcp443, "app=a", .sharingConflict), ("", tcp443, "", .addressTaken),
        ])
    func refuses(key: String, port: ServicePort, backend: String, reason: Reason) throws {
        var desk = try desk()
        let refusal = try #require(
            desk.ask("b") {
                $0.share(key, port, backend: backend)
                $0.want("10.0.0.1")
            }.refusal)
        #expect(refusal.reason == reason)
    }

    @Test("the refusal names the port and its owner")
    func namesPort() throws {
        var desk = try desk()
        let decision = desk.ask("b") {
            $0.share("k", tcp80)
            $0.want("10.0.0.1")
        }
        #expect(decision.refusal?.message == "port TCP/80 is already in use on \"10.0.0.1\" by default/a")
    }

    @Test("automatic allocation takes the first acceptable address in order, be it free or shared")
    func automaticTakesFirst() throws {
        var desk = Desk(try pool("p", "10.0.0.1-10.0.0.4"))
        desk.ask("x")
        desk.ask("a") { $0.share("k", tcp80) }
        desk.release("x")
        desk.now += .seconds(60)
        #expect(desk.addresses("b") { $0.share("k", tcp443) } == "10.0.0.1")
        #expect(desk.addresses("c") { $0.share("k", udp80) } == "10.0.0.1")
        #expect(desk.addresses("d") { $0.share("k", udp80) } == "10.0.0.2")
    }

    @Test("a sharing key rescues a Service from an exhausted pool")
    func rescue() throws {
        var desk = Desk(try pool("p", "10.0.0.1/32"))
        desk.ask("a") { $0.share("k", tcp80) }
        #expect(desk.addresses("b") == "poolExhausted")
        #expect(desk.addresses("b") { $0.share("k", tcp443) } == "10.0.0.1")
    }

    @Test("the sole user changes its key and backend in place, and a waiting Service may join")
    func soleUserChangesKey() throws {
        var desk = Desk(try pool("p", "10.0.0.1/32"))
        desk.ask("a") { $0.share("k", tcp80) }
        #expect(desk.addresses("b") { $0.share("new", tcp443) } == "poolExhausted")
        #expect(desk.addresses("a") { $0.share("new", tcp80, backend: "app=a") } == "10.0.0.1")
        #expect(desk.addresses("a") { $0.share("new", tcp80) } == "10.0.0.1")
        #expect(desk.allocator.takeWaiting().map(\.name) == ["b"])
        #expect(desk.addresses("b") == "10.0.0.1")
    }

    @Test(
        "one of several users that changes its key or backend must move", arguments: [("", ""), ("x", ""), ("k", "b")])
    func oneOfManyMoves(key: String, backend: String) throws {
        var desk = try desk()
        desk.ask("b") { $0.share("k", tcp443) }
        let decision = desk.ask("b") { $0.share(key, tcp443, backend: backend) }
        #expect(decision.text == "10.0.0.2")
        #expect(decision.replacing?.reason == .sharingConflict)
        #expect(
            decision.replacing?.message
                == "can't change sharing key for \"default/b\", 10.0.0.1 is also in use by default/a")
    }

    @Test("own ports change while the address stays, until they meet another's")
    func portsChange() throws {
        var desk = try desk()
        desk.ask("b") { $0.share("k", tcp443) }
        #expect(desk.addresses("b") { $0.share("k", udp80) } == "10.0.0.1")
        #expect(desk.addresses("c") { $0.share("k", tcp443) } == "10.0.0.1")
        #expect(desk.addresses("b") { $0.share("k", tcp80) } == "10.0.0.2")
    }

    @Test("a shared address is freed with its last user only")
    func lastUserFrees() throws {
        var desk = try desk()
        desk.ask("b") { $0.share("k", tcp443) }
        desk.release("a")
        #expect(desk.allocator.usage(of: "p")?.assignedIPv4 == 1)
        #expect(desk.addresses("c") { $0.share("k", tcp80) } == "10.0.0.1")
        desk.release("b")
        desk.release("c")
        #expect(desk.allocator.usage(of: "p")?.assignedIPv4 == 0)
    }

    @Test("each of the two addresses of a dual-stack Service is checked on its own")
    func dualStackIndependent() throws {
        var desk = Desk(try pool("p", "10.0.0.1-10.0.0.2", "2001:db8::1-2001:db8::2"))
        desk.ask("six") {
            $0.families = [.ipv6]
            $0.share("k", tcp80)
        }
        #expect(
            desk.addresses("dual") {
                $0.families = [.ipv4, .ipv6]
                $0.share("k", tcp80)
            } == "10.0.0.1 2001:db8::2")
    }
}
