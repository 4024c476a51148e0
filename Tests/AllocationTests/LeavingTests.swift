import Addresses
import Allocation
import KubernetesObjects
import Reasons
import Testing

@Suite("Addresses that a Service is losing")
struct LeavingTests {
    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test("what a Service loses is nobody else's until its status is written")
    func untilWritten() throws {
        var desk = Desk(try pool("one", "10.0.0.1/32"), try pool("two", "10.0.1.1/32"))
        #expect(desk.addresses("a") { $0.wish = .pool("one") } == "10.0.0.1")
        var moved = try #require(desk.services["a"])
        moved.wish = .pool("two")
        #expect(desk.decide(moved).text == "10.0.1.1")
        #expect(desk.ask("b") { $0.wish = .pool("one") }.refusal?.reason == .poolExhausted)
        #expect(try desk.allocator.users(of: address("10.0.0.1")) == [moved.key])
        #expect(try desk.allocator.leavingAddresses(of: moved.key) == [address("10.0.0.1")])
        _ = desk.allocator.takeWaiting()
        let kept = [try address("10.0.1.1")]
        let isFreed = desk.allocator.settle(moved.key, listed: kept, at: desk.now)
        #expect(isFreed)
        let waiting = desk.allocator.takeWaiting()
        #expect(waiting.map(\.name) == ["b"])
        #expect(desk.addresses("b") == "10.0.0.1")
    }

    @Test("a Service that changes its mind meanwhile has its address again")
    func again() throws {
        var desk = Desk(try pool("one", "10.0.0.1/32"), try pool("two", "10.0.1.1/32"))
        #expect(desk.addresses("a") { $0.wish = .pool("one") } == "10.0.0.1")
        var moved = try #require(desk.services["a"])
        moved.wish = .pool("two")
        #expect(desk.decide(moved).text == "10.0.1.1")
        moved.wish = .pool("one")
        #expect(desk.decide(moved).text == "10.0.0.1")
        #expect(desk.allocator.leavingAddresses(of: moved.key).isEmpty)
        #expect(desk.addresses("b") { $0.wish = .pool("two") } == "10.0.1.1")
    }

    @Test("a Service that is deleted leaves nothing behind, and its address rests")
    func deleted() throws {
        var desk = Desk(try pool("one", "10.0.0.1-10.0.0.2"), try pool("two", "10.0.1.1/32"))
        desk.ask("a") { $0.wish = .pool("one") }
        var moved = try #require(desk.services["a"])
        moved.wish = .pool("two")
        _ = desk.decide(moved)
        desk.allocator.release(moved.key, at: desk.now)
        #expect(try desk.allocator.users(of: address("10.0.0.1")).isEmpty)
        #expect(desk.allocator.usage.allSatisfy { $0.assignedIPv4 == 0 })
        #expect(desk.addresses("b") { $0.wish = .pool("one") } == "10.0.0.2")
    }

    @Test("who shares an address that one of them is losing goes on sharing it, by the old terms")
    func shared() throws {
        var desk = Desk(try pool("one", "10.0.0.1-10.0.0.3"))
        let terms = { (port: Int) in SharingTerms(key: "k", ports: [ServicePort(port: port)]) }
        desk.ask("a") { $0.terms = terms(80) }
        #expect(desk.addresses("b") { $0.terms = terms(81) } == "10.0.0.1")
        var moved = try #require(desk.services["a"])
        moved.terms = SharingTerms(key: "other", ports: [ServicePort(port: 80)])
        #expect(desk.decide(moved).text == "10.0.0.2")
        // Port 80 of the first address is a's as long as its status lists it.
        #expect(desk.addresses("c") { $0.terms = terms(80) } == "10.0.0.3")
        #expect(desk.addresses("d") { $0.terms = terms(82) } == "10.0.0.1")
        // Nobody finds the group of the new terms at the old address.
        #expect(
            desk.addresses("e") { $0.terms = SharingTerms(key: "other", ports: [ServicePort(port: 90)]) } == "10.0.0.2")
    }

    @Test("after a start, what a status lists and its Service may not keep is given to nobody before it is cleared")
    func adopted() throws {
        var pinned = ServiceRequest(key: ObjectKey(namespace: "default", name: "a"))
        pinned.families = [.ipv6]
        pinned.status = ServiceRequest.StatusAddresses([try address("10.0.0.1")])
        var desk = Desk(try pool("one", "10.0.0.1-10.0.0.2"))
        desk.allocator.adopt([pinned])
        #expect(desk.addresses("b") == "10.0.0.2")
        #expect(desk.decide(pinned).grant == nil)
        #expect(desk.addresses("c") == "poolExhausted")
        let isFreed = desk.allocator.settle(pinned.key, listed: [], at: desk.now)
        #expect(isFreed)
        #expect(desk.addresses("c") == "10.0.0.1")
    }

    @Test("those who wait hear of it also where only the watch tells that the status was written")
    func toldByWatch() throws {
        var desk = Desk(try pool("one", "10.0.0.1/32"), try pool("two", "10.0.1.1/32"))
        desk.ask("a") { $0.wish = .pool("one") }
        var moved = try #require(desk.services["a"])
        moved.wish = .pool("two")
        _ = desk.decide(moved)
        _ = desk.allocator.takeWaiting()
        #expect(desk.addresses("b") { $0.wish = .pool("one") } == "poolExhausted")
        let woken = desk.allocator.takeWaiting()
        #expect(woken.isEmpty)
        // The answer to the write was lost.
        moved.status = ServiceRequest.StatusAddresses([try address("10.0.1.1")])
        _ = desk.decide(moved)
        let waiting = desk.allocator.takeWaiting()
        #expect(waiting.map(\.name) == ["b"])
    }

    @Test("nobody is woken by a decision that frees nothing yet")
    func nothingFreed() throws {
        var desk = Desk(try pool("one", "10.0.0.1/32"), try pool("two", "10.0.1.1/32"))
        desk.ask("a") { $0.wish = .pool("one") }
        desk.ask("b") { $0.wish = .pool("one") }
        _ = desk.allocator.takeWaiting()
        var moved = try #require(desk.services["a"])
        moved.wish = .pool("two")
        _ = desk.decide(moved)
        let woken = desk.allocator.takeWaiting()
        #expect(woken.isEmpty)
    }
}
