import Addresses
import Announcement
import Eligibility
import Neighbors
import Ownership
import Reasons
import Testing

@Suite("A node's announcing, several nodes on one LAN in memory")
struct AnnouncementSessionTests {
    func site(_ count: Int = 3) throws -> Site {
        var site = Site()
        let names = (1...count).map { "edge\($0)" }
        for (name, number) in zip(names, UInt32(11)...) { try site.add(name, number: number) }
        site.update { $0.fill(nodes: names) }
        site.pass(.seconds(3))
        return site
    }

    @Test(
        "an address that everybody may announce is answered for by exactly one node, which told the LAN in both forms")
    func one() throws {
        let site = try site()
        let owner = try #require(site.answering().first)
        #expect(site.answering().count == 1)
        let told = site.announcements.filter { $0.senderIP == Site.vip }
        #expect(Set(told.map(\.operation)) == [.request, .reply])
        #expect(Set(told.map(\.senderMAC)) == [site.nodes[owner]?.mac])
        #expect(told.allSatisfy { $0.operation == .request || $0.targetMAC == $0.senderMAC })
    }

    @Test("when the owner's cable is pulled another node answers within 320 ms, and the old one lets go at once")
    func cut() throws {
        var site = try site()
        let owner = try #require(site.answering().first)
        site.connect(owner, false)
        #expect(!site.answering().contains(owner))
        site.pass(.milliseconds(320))
        let successor = try #require(site.answering().first)
        #expect(site.answering().count == 1 && successor != owner)
        site.connect(owner, true)
        site.pass(.seconds(5))
        #expect(site.answering() == [successor])
    }

    @Test("a node that loses its own addresses and gets them back does not take from its successor what that announces")
    func readdressed() throws {
        var site = try site()
        let owner = try #require(site.answering().first)
        site.setAddressed(owner, false)
        site.pass(.seconds(2))
        let successor = try #require(site.answering().first)
        #expect(site.answering().count == 1 && successor != owner)
        site.setAddressed(owner, true)
        for _ in 0..<50 {
            #expect(site.answering() == [successor])
            site.pass(.milliseconds(100))
        }
    }

    @Test("the last endpoint gone silences the address; an endpoint back brings it back")
    func endpoints() throws {
        var site = try site(2)
        site.update { $0.fill(nodes: ["edge1", "edge2"], ready: false) }
        site.pass(.seconds(8))
        #expect(site.answering().isEmpty)
        site.update { $0.fill(nodes: ["edge1", "edge2"]) }
        site.pass(.seconds(3))
        #expect(site.answering().count == 1)
    }

    @Test("a Service that is deleted takes its address off the LAN")
    func deleted() throws {
        var site = try site(2)
        site.update { $0.fill(nodes: ["edge1", "edge2"], vips: []) }
        site.pass(.seconds(3))
        #expect(site.answering().isEmpty)
    }

    @Test("a restarted node that still holds the address goes on, and nothing moves")
    func restart() throws {
        var site = try site(2)
        let owner = try #require(site.answering().first)
        let other = try #require(["edge1", "edge2"].first { $0 != owner })
        site.send(.restart, to: owner)
        site.pass(.milliseconds(200))
        #expect(site.nodes[owner]?.isFinished == true)
        #expect(site.nodes[owner]?.leases.last == .seconds(30))
        let number: UInt32 = owner == "edge1" ? 11 : 12
        let kept = site.nodes[owner]?.answers ?? []
        try site.add(owner, number: number, held: [Site.vip])
        site.nodes[owner]?.answers = kept
        site.update(only: owner) { $0.fill(nodes: ["edge1", "edge2"]) }
        site.pass(.seconds(4))
        #expect(site.answering() == [owner])
        #expect(!(site.nodes[other]?.answers.contains { $0.address == Site.vip } ?? true))
    }

    @Test("a node that may not announce says why")
    func obstacle() throws {
        var site = try site(2)
        site.update(only: "edge1") { $0.fill(nodes: ["edge2"]) }
        #expect(site.nodes["edge1"]?.session.obstacle(to: Site.vip)?.reason == .nodeExcluded)
        site.pass(.seconds(8))
        #expect(site.answering() == ["edge2"])
    }

    @Test("a gate that shuts hands the address over")
    func gate() throws {
        var site = try site(2)
        let owner = try #require(site.answering().first)
        site.send(.dataPlane(.shut(.dataPlaneNotReady, "kube-proxy does not answer")), to: owner)
        site.pass(.seconds(3))
        #expect(site.answering().count == 1 && !site.answering().contains(owner))
    }

    @Test("a node that lost its IPv4 addresses speaks and is spoken to by IPv6, and gives its addresses away")
    func lostFamily() throws {
        var site = try site(3)
        let owner = try #require(site.answering().first)
        let all = site.nodes[owner]?.addresses ?? []
        #expect(site.nodes.values.allSatisfy { $0.families == [.ipv4] })
        site.nodes[owner]?.addresses = all.filter { $0.family == .ipv6 }
        site.send(.links([site.facts(of: owner)]), to: owner)
        site.pass(.seconds(2))
        #expect(site.answering().count == 1 && !site.answering().contains(owner))
        for (name, node) in site.nodes { #expect(node.families == (name == owner ? [.ipv6] : [.ipv4, .ipv6])) }
        #expect(site.nodes.values.allSatisfy { !$0.reports.contains(where: \.isLoss) })
        site.nodes[owner]?.addresses = all
        site.send(.links([site.facts(of: owner)]), to: owner)
        site.pass(.seconds(2))
        #expect(site.nodes.values.allSatisfy { $0.families == [.ipv4] })
    }

    @Test("a link from which the kernel does not forward a family announces none of its addresses")
    func forwarding() throws {
        var site = try site(2)
        let owner = try #require(site.answering().first)
        site.send(.links([site.facts(of: owner, unforwarded: [.ipv6])]), to: owner)
        site.pass(.seconds(3))
        #expect(site.answering() == [owner])
        site.send(.links([site.facts(of: owner, unforwarded: [.ipv4])]), to: owner)
        site.pass(.seconds(3))
        #expect(site.answering().count == 1 && !site.answering().contains(owner))
        #expect(
            site.nodes[owner]?.session.obstacle(to: Site.vip)
                == .init(.dataPlaneNotReady, "net.ipv4.conf.eth0.forwarding is 0"))
        site.send(.links([site.facts(of: owner)]), to: owner)
        #expect(site.nodes[owner]?.session.obstacle(to: Site.vip) == nil)
    }

    @Test("an address of another subnet is for no link here")
    func subnet() throws {
        var site = try site(2)
        let foreign = IPAddress(v4: 0x0A00_0001)
        site.update { $0.fill(nodes: ["edge1", "edge2"], vips: [Site.vip, foreign]) }
        site.pass(.seconds(3))
        #expect(site.answering(foreign).isEmpty)
        #expect(site.answering().count == 1)
    }
}
