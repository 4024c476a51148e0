import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

@Suite("Several addresses of one family")
struct SeveralAddressesTests {
    let key = ObjectKey(namespace: "default", name: "s")

    func several(_ count: String, _ annotations: [String: String] = [:], clusterIPs: [String] = ["10.96.0.1"])
        -> Service
    {
        service("s", annotations: annotations.merging(["toono.io/addresses-per-family": count]) { first, _ in first }) {
            $0.spec.clusterIPs = clusterIPs
        }
    }

    @Test("as many as asked for are given, of each family, all of one pool")
    func gives() throws {
        var cluster = Cluster([
            try pool("a", "10.0.0.1/32"), try pool("b", "10.0.1.1-10.0.1.9", "2001:db8::1-2001:db8::9"),
        ])
        cluster.apply(several("2", clusterIPs: ["10.96.0.1", "fd00::1"]))
        #expect(cluster.addresses(key) == ["10.0.1.1", "10.0.1.2", "2001:db8::1", "2001:db8::2"])
        #expect(cluster.allocator.usage(of: "b")?.assignedIPv4 == 2)
        cluster.delete(key)
        #expect(cluster.allocator.usage(of: "b")?.assignedIPv4 == 0)
    }

    @Test("where no pool has as many the first ones are given, and the rest follows when something is freed")
    func shortOf() throws {
        var cluster = Cluster([try pool("a", "10.0.0.1-10.0.0.3")])
        cluster.apply(service("other"))
        cluster.apply(several("3"))
        #expect(cluster.addresses(key) == ["10.0.0.2", "10.0.0.3"])
        #expect(cluster.decisions[key]?.refusal?.reason == .poolExhausted)
        #expect(cluster.decisions[key]?.refusal?.stage == .additional)
        cluster.delete(ObjectKey(namespace: "default", name: "other"))
        #expect(cluster.addresses(key) == ["10.0.0.2", "10.0.0.3", "10.0.0.1"])
        #expect(cluster.decisions[key]?.refusal == nil)
    }

    @Test("of two families each gets its first address before either gets more")
    func firstOfEach() throws {
        var cluster = Cluster([try pool("a", "10.0.0.1-10.0.0.9", "2001:db8::1/128")])
        cluster.apply(several("2", clusterIPs: ["10.96.0.1", "fd00::1"]))
        #expect(cluster.addresses(key) == ["10.0.0.1", "10.0.0.2", "2001:db8::1"])
    }

    @Test("a smaller number keeps the first of them, a larger one adds, and none moves")
    func changes() throws {
        var cluster = Cluster([try pool("a", "10.0.0.1-10.0.0.9")])
        cluster.apply(several("3"))
        cluster.edit(key) { $0.metadata.annotations["toono.io/addresses-per-family"] = "2" }
        #expect(cluster.addresses(key) == ["10.0.0.1", "10.0.0.2"])
        cluster.edit(key) { $0.metadata.annotations["toono.io/addresses-per-family"] = "4" }
        #expect(cluster.addresses(key) == ["10.0.0.1", "10.0.0.2", "10.0.0.4", "10.0.0.5"])
        cluster.edit(key) { $0.metadata.annotations = [:] }
        #expect(cluster.addresses(key) == ["10.0.0.1"])
    }

    @Test("resting addresses are taken for the last of them only, each once")
    func restingLast() throws {
        var cluster = Cluster([try pool("a", "10.0.0.1-10.0.0.4")])
        for name in ["x", "y"] { cluster.apply(service(name)) }
        for name in ["x", "y"] { cluster.delete(ObjectKey(namespace: "default", name: name)) }
        cluster.apply(several("4"))
        #expect(cluster.addresses(key) == ["10.0.0.3", "10.0.0.4", "10.0.0.1", "10.0.0.2"])
    }

    @Test("each of them is shared on its own, and none is counted twice for one Service")
    func shares() throws {
        var cluster = Cluster([try pool("a", "10.0.0.1-10.0.0.3")])
        let shared = ["metallb.io/allow-shared-ip": "k"]
        cluster.apply(service("other", annotations: shared) { $0.spec.ports = [.init(port: 443)] })
        var wanted = several("2", shared)
        wanted.spec.ports = []
        cluster.apply(wanted)
        #expect(cluster.addresses(key) == ["10.0.0.1", "10.0.0.2"])
    }

    @Test("a list of addresses must name as many of each family")
    func explicit() throws {
        let list = "metallb.io/loadBalancerIPs"
        for (text, expected) in [
            ("10.0.0.5,10.0.0.3", "10.0.0.5 10.0.0.3"), ("10.0.0.5", "familyMismatch"),
            ("10.0.0.5,10.0.0.5", "familyMismatch"), ("10.0.0.5,10.0.0.6,10.0.0.7", "familyMismatch"),
        ] {
            var cluster = Cluster([try pool("a", "10.0.0.1-10.0.0.9")])
            cluster.apply(several("2", [list: text]))
            #expect(cluster.decisions[key]?.text == expected, "\(text)")
        }
    }

    @Test(
        "a number that is none is refused in words, and what the Service has stays",
        arguments: ["0", "17", "-1", "two", "1.5", "99999999999999999999"])
    func unreadable(text: String) throws {
        var cluster = Cluster([try pool("a", "10.0.0.1-10.0.0.9")])
        cluster.apply(several(text))
        #expect(
            cluster.decisions[key]?.refusal?.message
                == "the annotation `toono.io/addresses-per-family` is \"\(text)\", which is no number from 1 to 16")
        #expect(cluster.addresses(key) == [])
        cluster.edit(key) { $0.metadata.annotations["toono.io/addresses-per-family"] = "3" }
        cluster.edit(key) { $0.metadata.annotations["toono.io/addresses-per-family"] = text }
        #expect(cluster.addresses(key) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        #expect(cluster.decisions[key]?.refusal?.reason == .configurationInvalid)
    }
}
