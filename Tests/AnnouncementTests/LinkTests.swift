import Addresses
import Eligibility
import Announcement
import Reasons
import Testing

@Suite("Links that take part")
struct LinkTests {
    let mac = MACAddress(bits: 0x5254_007A_0011)

    func link(_ index: Int32, _ name: String, _ prefixes: String..., carrier: Bool = true) -> LinkFacts {
        LinkFacts(
            index: index, name: name, mac: mac, hasCarrier: carrier, addresses: prefixes.compactMap(IPPrefix.init))
    }

    @Test(
        "interfaces of containers, bridges of runtimes and the sink stay out by default",
        arguments: [
            ("eth0", true), ("bond0", true), ("br0", true), ("enp3s0", true), ("wlan0", true), ("lo", false),
            ("lo1", true),
            ("veth12ab", false), ("docker0", false), ("cni0", false), ("cali123", false), ("flannel.1", false),
            ("kube-ipvs0", false), ("hub-dummy0", false), ("toono0", false), ("nodelocaldns", false),
        ])
    func defaults(name: String, expected: Bool) throws {
        #expect(try LinkPolicy().admits(name) == expected)
    }

    @Test("flags narrow and widen the choice; a pattern that does not parse names its flag")
    func patterns() throws {
        let policy = try LinkPolicy(including: "^eth[01]$", excluding: "^eth1$")
        #expect(policy.admits("eth0") && !policy.admits("eth1") && !policy.admits("eth2"))
        #expect(throws: LinkPolicy.PatternError.self) { try LinkPolicy(including: "eth(") }
    }

    @Test("each change of a link is told once; a port of a bridge leaves for its master")
    func changes() throws {
        var table = LinkTable(policy: try LinkPolicy())
        let eth0 = link(2, "eth0", "192.168.122.11/24")
        #expect(table.update([eth0, link(1, "lo")]) == [.appeared(eth0)])
        #expect(table.update([eth0]) == [])
        let cut = link(2, "eth0", "192.168.122.11/24", carrier: false)
        #expect(table.update([cut]) == [.changed(from: eth0, to: cut)])
        var port = cut
        port.hasMaster = true
        let bridge = link(3, "br0", "192.168.122.11/24")
        #expect(table.update([port, bridge]) == [.disappeared(cut), .appeared(bridge)])
        let renamed = link(3, "lan0", "192.168.122.11/24")
        #expect(table.update([renamed]) == [.disappeared(bridge), .appeared(renamed)])
        #expect(table.update([]) == [.disappeared(renamed)])
    }

    @Test("an address belongs to the link whose subnet holds it, unless interfaces are named")
    func placement() throws {
        let vip = try #require(IPAddress("192.168.122.90"))
        let (eth0, eth1) = (link(2, "eth0", "192.168.122.11/24"), link(3, "eth1", "10.0.0.1/24", "192.168.122.90/32"))
        let candidate = Layer2Eligibility.Candidate()
        #expect(Placement.of(vip, on: eth0, candidate: candidate) == .here)
        #expect(Placement.of(vip, on: eth1, candidate: candidate) == .elsewhere)
        #expect(Placement.of(vip, on: eth0, candidate: nil) == .here)
        let named = Layer2Eligibility.Candidate(interfaces: ["eth1"])
        #expect(Placement.of(vip, on: eth0, candidate: named) == .elsewhere)
        #expect(Placement.of(vip, on: eth1, candidate: named) == .here)
    }

    @Test("a candidate without a link is told why")
    func obstacles() throws {
        let vip = try #require(IPAddress("192.168.122.90"))
        let all = Layer2Eligibility.Candidate()
        let links = [link(2, "eth0", "192.168.122.11/24", carrier: false), link(3, "eth1", "10.0.0.1/24")]
        #expect(Placement.obstacle(to: vip, candidate: all, links: links)?.reason == .linkDown)
        #expect(Placement.obstacle(to: vip, candidate: all, links: [links[1]])?.reason == .noSubnet)
        let named = Layer2Eligibility.Candidate(interfaces: ["eth7"])
        #expect(Placement.obstacle(to: vip, candidate: named, links: links)?.reason == .interfaceMissing)
        #expect(Placement.obstacle(to: vip, candidate: all, links: [link(2, "eth0", "192.168.122.11/24")]) == nil)
        let mute = Placement.obstacle(to: vip, candidate: named, links: [link(2, "eth7")])
        #expect(mute == .init(.linkDown, "eth7 is without an address to speak from"))
    }

    @Test("questions about an address are asked from the node's address in the same subnet")
    func source() throws {
        let eth0 = link(2, "eth0", "10.0.0.1/24", "192.168.122.11/24", "fe80::1/64")
        #expect(try eth0.source(towards: #require(IPAddress("192.168.122.90")))?.description == "192.168.122.11")
        #expect(try eth0.source(towards: #require(IPAddress("172.16.0.1")))?.description == "10.0.0.1")
        #expect(try eth0.source(towards: #require(IPAddress("fd00::1")))?.description == "fe80::1")
    }
}
