import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

@Suite("Adopting what statuses say")
struct AdoptionTests {
    func holder(_ name: String, _ addresses: String..., families: [IPFamily] = [.ipv4]) -> ServiceRequest {
        ServiceRequest(
            key: ObjectKey(namespace: "default", name: name), families: families,
            status: .init(addresses.compactMap { IPAddress($0) }))
    }

    @Test("an address in a status is its Service's before any newcomer gets one")
    func adoptsFirst() throws {
        var allocator = Allocator(configuration: Configuration(pools: [try pool("a", "10.0.0.1-10.0.0.2")]))
        let old = holder("old", "10.0.0.1")
        let new = ServiceRequest(key: ObjectKey(namespace: "default", name: "a-new"))
        allocator.adopt([new, old])
        #expect(allocator.reconcile(.request(new), for: new.key, at: .now).text == "10.0.0.2")
        #expect(
            allocator.reconcile(.request(old), for: old.key, at: .now)
                == .keep(AddressGrant(old.status.addresses, pool: "a"), shortfall: nil))
    }

    @Test("of two that say to have one address the older keeps it, and the other moves")
    func conflict() throws {
        var allocator = Allocator(configuration: Configuration(pools: [try pool("a", "10.0.0.1-10.0.0.2")]))
        var first = holder("zzz", "10.0.0.1")
        first.created = "2024-01-01T00:00:00Z"
        var second = holder("aaa", "10.0.0.1")
        second.created = "2025-01-01T00:00:00Z"
        allocator.adopt([second, first])
        let decision = allocator.reconcile(.request(second), for: second.key, at: .now)
        #expect(decision.text == "10.0.0.2")
        #expect(decision.replacing?.reason == .addressTaken)
        #expect(allocator.reconcile(.request(first), for: first.key, at: .now).text == "10.0.0.1")
    }

    @Test("a dual-stack Service comes before a single-stack one that says to have one of its addresses")
    func moreAddressesFirst() throws {
        let pools = [try pool("a", "10.0.0.1-10.0.0.2", "2001:db8::1/128")]
        var allocator = Allocator(configuration: Configuration(pools: pools))
        let single = holder("a", "10.0.0.1")
        let dual = holder("b", "10.0.0.1", "2001:db8::1", families: [.ipv4, .ipv6])
        allocator.adopt([single, dual])
        #expect(allocator.addresses(of: dual.key) == dual.status.addresses)
        #expect(allocator.addresses(of: single.key).isEmpty)
    }

    @Test("an address outside of every pool is not adopted; the Service gets another with the reason")
    func outsideOfPools() throws {
        var allocator = Allocator(configuration: Configuration(pools: [try pool("a", "10.0.0.1-10.0.0.2")]))
        let stray = holder("a", "203.0.113.1")
        allocator.adopt([stray])
        let decision = allocator.reconcile(.request(stray), for: stray.key, at: .now)
        #expect(decision.text == "10.0.0.1")
        #expect(decision.replacing?.reason == .addressNotInPool)
    }

    @Test("what else stands in the status is cleaned away, and the address stays")
    func foreignEntries() throws {
        var allocator = Allocator(configuration: Configuration(pools: [try pool("a", "10.0.0.1-10.0.0.2")]))
        var request = holder("a", "10.0.0.2")
        request.status.hasForeignEntries = true
        let grant = AddressGrant(request.status.addresses, pool: "a")
        #expect(
            allocator.reconcile(.request(request), for: request.key, at: .now)
                == .assign(grant, replacing: nil, shortfall: nil))
    }

    @Test("at run time a status edited by hand goes back to what the Service has")
    func editedStatus() throws {
        var desk = Desk(try pool("a", "10.0.0.1-10.0.0.2"))
        desk.ask("s")
        #expect(desk.addresses("s") { $0.status = .init() } == "10.0.0.1")
        let other = try #require(IPAddress("10.0.0.2"))
        #expect(desk.addresses("s") { $0.status = .init([other]) } == "10.0.0.1")
    }

    @Test("a Service that leaves us is released, for whatever reason")
    func leaves() throws {
        let refusal = AllocationRefusal(.classNotOurs, .reading, subject: "", "other")
        for claim in [ServiceClaim.foreign(refusal), .unclaimed(.notLoadBalancer), .unentitled(refusal)] {
            var desk = Desk(try pool("a", "10.0.0.1/32"))
            desk.ask("s")
            let key = ObjectKey(namespace: "default", name: "s")
            #expect(desk.allocator.reconcile(claim, for: key, at: desk.now).grant == nil)
            #expect(desk.allocator.assignmentCount == 0)
            #expect(desk.allocator.foreignCount == (claim == .foreign(refusal) ? 1 : 0))
            desk.allocator.release(key, at: desk.now)
            #expect(desk.allocator.foreignCount == 0)
            #expect(desk.addresses("t") == "10.0.0.1")
        }
    }
}
