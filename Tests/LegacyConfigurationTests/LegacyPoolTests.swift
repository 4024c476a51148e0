import ClusterConfiguration
import KubernetesObjects
import LegacyConfiguration
import Testing

@Suite("Legacy address pools")
struct LegacyPoolTests {
    @Test("a layer2 pool becomes an IPAddressPool and an L2Advertisement of it")
    func layer2() throws {
        let text = """
            address-pools:
            - name: default
              protocol: layer2
              addresses:
              - 192.168.1.240-192.168.1.250
              - 2001:db8::/120
            - name: reserved
              protocol: layer2
              auto-assign: false
              avoid-buggy-ips: true
              addresses: ["10.0.0.0/24"]
            """
        let made = try #require(resources(text))
        let labels = ["app.kubernetes.io/managed-by": "toono-controller", "toono.io/legacy-config": "true"]
        #expect(
            made.pools == [
                IPAddressPool(
                    metadata: ObjectMeta(name: "default", namespace: "toono", labels: labels),
                    spec: .init(addresses: ["192.168.1.240-192.168.1.250", "2001:db8::/120"])),
                IPAddressPool(
                    metadata: ObjectMeta(name: "reserved", namespace: "toono", labels: labels),
                    spec: .init(addresses: ["10.0.0.0/24"], autoAssign: false, avoidBuggyIPs: true)),
            ])
        #expect(
            made.layer2Advertisements == [
                L2Advertisement(
                    metadata: ObjectMeta(name: "l2advertisement1", namespace: "toono", labels: labels),
                    spec: .init(ipAddressPools: ["default"])),
                L2Advertisement(
                    metadata: ObjectMeta(name: "l2advertisement2", namespace: "toono", labels: labels),
                    spec: .init(ipAddressPools: ["reserved"])),
            ])
        #expect(made.bgpAdvertisements.isEmpty && made.bgpPeers.isEmpty && made.communities.isEmpty)
    }

    @Test("empty lists are an empty configuration", arguments: ["{}", "address-pools: []", "peers:\n"])
    func empty(text: String) {
        #expect(resources(text) == ConfigurationResources())
    }

    @Test(
        "a text without anything in it is refused: taken as empty, it would remove every pool",
        arguments: ["", "# a\n", "---\n"])
    func nothing(text: String) {
        #expect(problems(text) == ["1:1: there is nothing here; write {} if nothing is meant"])
    }

    @Test("names become names of resources: the same every time, never two alike, valid ones untouched")
    func names() throws {
        let names = [
            "My_Pool", "my-pool", "10-net", "10", "pool", "my_pool", "Größe",
            "a" + String(repeating: "b", count: 70) + "-", "x_", "'12'",
        ]
        var text = "address-pools:\n"
        for (index, name) in names.enumerated() {
            text += "- {name: \(name), protocol: layer2, addresses: [10.0.\(index).0/24]}\n"
        }
        let pools = try #require(resources(text)).pools
        #expect(
            pools.map(\.metadata.name) == [
                "my-pool-2", "my-pool", "net", "pool-2", "pool", "my-pool-3", "gr--e",
                "a" + String(repeating: "b", count: 62), "x",
                "pool-3",
            ])
        #expect(pools[0].metadata.annotations == ["toono.io/legacy-name": "My_Pool"])
        #expect(pools[1].metadata.annotations.isEmpty)
    }

    @Test("every problem is reported with its line and column, in the order of the text")
    func all() {
        let text = """
            address-pools:
            - name: a
              protocol: layer3
              addresses: [10.0.0.0/33, 10.0.1.9-10.0.1.1]
              auto_assign: maybe
            - protocol: layer2
              addresses: 10.0.2.0/24
              avoid-buggy-ips: 7
            - name: c
              addresses: [10.0.3.0/24, {}]
            - name: c
              protocol: bgp
            - {name: d, protocol: bgp, addresses: 10.0.4.0/24}
            pools: []
            """
        #expect(
            problems(text) == [
                "3:13: address-pools[0].protocol: \"layer3\" is no protocol: it must be layer2 or bgp",
                "4:15: address-pools[0].addresses[0]: \"10.0.0.0/33\" has no prefix length of IPv4, a number from 0 to 32, after the slash",
                "4:28: address-pools[0].addresses[1]: \"10.0.1.9-10.0.1.1\" ends before it starts: write 10.0.1.1-10.0.1.9",
                "5:3: address-pools[0]: unknown key \"auto_assign\"; is \"auto-assign\" meant?",
                "6:3: address-pools[1]: the address pool has no name",
                "7:14: address-pools[1].addresses: must be a list, not \"10.0.2.0/24\"",
                "8:20: address-pools[1].avoid-buggy-ips: must be true or false, not \"7\"",
                "9:3: address-pools[2]: the address pool has no protocol: it must be layer2 or bgp",
                "10:28: address-pools[2].addresses[1]: must be a text, not a mapping",
                "11:9: address-pools[3].name: \"c\" is the name of address-pools[2] as well",
                "13:39: address-pools[4].addresses: must be a list, not \"10.0.4.0/24\"",
                "14:1: unknown key \"pools\"",
            ])
    }

    @Test("pools that overlap are refused where each of them stands")
    func overlap() {
        let text = """
            address-pools:
            - {name: a, protocol: layer2, addresses: [10.0.0.0/24]}
            - {name: b, protocol: layer2, addresses: [10.1.0.0/24, 10.0.0.128/25]}
            """
        #expect(
            problems(text) == [
                "2:43: address-pools[0].addresses[0]: \"10.0.0.0/24\" overlaps with \"10.0.0.128/25\", spec.addresses[1] of IPAddressPool b",
                "3:56: address-pools[1].addresses[1]: \"10.0.0.128/25\" overlaps with \"10.0.0.0/24\", spec.addresses[0] of IPAddressPool a",
            ])
    }

    @Test("a layer2 pool has no BGP advertisements")
    func layer2WithBGP() {
        let text =
            "address-pools:\n- {name: a, protocol: layer2, addresses: [10.0.0.0/24], bgp-advertisements: [{localpref: 1}]}"
        #expect(
            problems(text) == [
                "2:77: address-pools[0].bgp-advertisements: a pool of protocol layer2 has no bgp-advertisements"
            ])
    }

    @Test(
        "what is no YAML, or not of this form, is refused with its place",
        arguments: [
            ("address-pools:\n\t- name: a", "2:1: a tab, where YAML allows only spaces"),
            ("address-pools: []\naddress-pools: []", "1:1: the key \"address-pools\" stands here twice"),
            ("- a\n- b", "1:1: must be a mapping, not a list"), ("hello", "1:1: must be a mapping, not \"hello\""),
            ("peers: []\n---\npeers: []", "3:1: a second document begins here; there must be one only"),
            ("address-pools:\n- ", "2:2: address-pools[0]: must be a mapping, not nothing"),
            ("address-pools: {a: 1}", "1:16: address-pools: must be a list, not a mapping"),
        ])
    func form(text: String, expected: String) {
        #expect(problems(text) == [expected])
    }

    @Test("a megabyte of garbage is refused and does not take long")
    func garbage() {
        #expect(problems(String(repeating: "a: [", count: 250_000)).count == 1)
        #expect(problems(String(repeating: "x", count: 1_000_000)).first?.utf8.count ?? 0 < 300)
        #expect(
            problems((0..<10_000).map { "key\($0): value" }.joined(separator: "\n")).last
                == "1000:1: 9000 more problems")
    }
}
