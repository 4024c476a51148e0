import KubernetesObjects
import LabAPI
import Testing

/// MetalLB 3.4: when Services share an address.
@Suite("Scenarios: sharing an address")
struct SharingScenarios {
    static let key = "metallb.io/allow-shared-ip"

    /// `first` has the only address, with key `k` and port TCP/80.
    func lab(_ spec: JSONValue = [:]) -> Scenario {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("first", [Self.key: "k"], spec)
        return lab
    }

    @Test("equal keys and different ports share one address, across namespaces, and it counts once")
    func shares() {
        var lab = lab()
        lab.apply("second", in: "shop", [Self.key: "k"], ["ports": Scenario.ports(443)])
        lab.apply("third", [Self.key: "k"], ["ports": Scenario.ports(80, transport: "UDP")])
        #expect(lab.addresses("second", in: "shop") == "192.0.2.1")
        #expect(lab.addresses("third") == "192.0.2.1")
        #expect(lab.numbers("default") == [1, 0, 0, 0])
        lab.delete("first")
        lab.delete("second", in: "shop")
        #expect(lab.numbers("default") == [1, 0, 0, 0])
        lab.delete("third")
        #expect(lab.numbers("default") == [0, 1, 0, 0])
    }

    @Test("no key, an empty one, another one, another backend or the same port do not share")
    func refuses() {
        let local: JSONValue = [
            "externalTrafficPolicy": "Local", "selector": ["app": "web"], "ports": Scenario.ports(443),
        ]
        for (annotations, spec, reason, words) in [
            ([:], ["ports": Scenario.ports(443)], "addressTaken", "192.0.2.1 is in use by default/first"),
            ([Self.key: ""], ["ports": Scenario.ports(443)], "addressTaken", "192.0.2.1 is in use by default/first"),
            (
                [Self.key: "other"], ["ports": Scenario.ports(443)], "sharingConflict", "their sharing keys differ"
            ),
            ([Self.key: "k"], local, "sharingConflict", "their traffic policies or selectors differ"),
            (
                [Self.key: "k"], ["ports": Scenario.ports(443, 80)], "sharingConflict",
                "port TCP/80 is already in use on \"192.0.2.1\" by default/first"
            ),
        ] as [([String: String?], JSONValue, String, String)] {
            var lab = lab()
            lab.apply("second", annotations.merging(["metallb.io/loadBalancerIPs": "192.0.2.1"]) { $1 }, spec)
            #expect(lab.addresses("second") == "")
            #expect(lab.refusal("second") == reason)
            #expect(lab.lastMessage("second").contains(words))
            #expect(lab.events("second") == ["Warning AllocationFailed"])
            #expect(lab.addresses("first") == "192.0.2.1")
        }
    }

    @Test("a key rescues a Service from an exhausted pool")
    func rescue() {
        var lab = lab()
        lab.apply("second", [:], ["ports": Scenario.ports(443)])
        #expect(lab.refusal("second") == "poolExhausted")
        lab.apply("second", [Self.key: "k"])
        #expect(lab.addresses("second") == "192.0.2.1")
        #expect(lab.condition("second")?.status == "True")
    }

    @Test("two without a key do not share, although their keys are equal")
    func bothWithout() {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("first")
        lab.apply("second", [:], ["ports": Scenario.ports(443)])
        #expect(lab.refusal("second") == "poolExhausted")
    }

    @Test(
        "under externalTrafficPolicy Local the selectors must be equal; one without selector goes with Cluster",
        arguments: [
            ("Local", ["app": "web", "tier": "front"], true), ("Local", ["app": "db"], false), ("Cluster", [:], false),
            ("Cluster", ["app": "web", "tier": "front"], false),
        ] as [(String, [String: String], Bool)])
    func local(policy: String, selector: [String: String], shares: Bool) {
        var lab = lab(["externalTrafficPolicy": "Local", "selector": ["tier": "front", "app": "web"]])
        lab.apply(
            "second", [Self.key: "k"],
            [
                "externalTrafficPolicy": .string(policy), "selector": .object(selector.mapValues { .string($0) }),
                "ports": Scenario.ports(443),
            ])
        #expect(lab.addresses("second") == (shares ? "192.0.2.1" : ""))
    }

    @Test("Local without a selector shares with Cluster")
    func localWithoutSelector() {
        var lab = lab(["externalTrafficPolicy": "Local"])
        lab.apply("second", [Self.key: "k"], ["selector": ["app": "web"], "ports": Scenario.ports(443)])
        #expect(lab.addresses("second") == "192.0.2.1")
    }

    @Test("the only user of an address changes its key and its policy in place, and who waits for that joins")
    func changesInPlace() {
        var lab = lab()
        lab.apply("second", [Self.key: "new"], ["ports": Scenario.ports(443)])
        #expect(lab.refusal("second") == "poolExhausted")
        lab.apply("first", [Self.key: "new"])
        #expect(lab.addresses("first") == "192.0.2.1")
        #expect(lab.addresses("second") == "192.0.2.1")
        #expect(lab.events("first") == ["Normal IPAllocated"])
        #expect(lab.events("second") == ["Warning AllocationFailed", "Normal IPAllocated"])
        lab.delete("second")
        lab.apply("first", [:], ["externalTrafficPolicy": "Local", "selector": ["app": "web"]])
        #expect(lab.addresses("first") == "192.0.2.1")
    }

    @Test("one of several users that changes its key has to leave, and is told which others there are")
    func oneOfSeveral() {
        var lab = lab()
        lab.apply("second", [Self.key: "k"], ["ports": Scenario.ports(443)])
        lab.apply("second", [Self.key: "other"])
        #expect(lab.addresses("first") == "192.0.2.1")
        #expect(lab.addresses("second") == "")
        #expect(
            lab.events("second") == ["Normal IPAllocated", "Normal ClearAssignment", "Warning AllocationFailed"])
        #expect(
            lab.hasTold("can't change sharing key for \"default/second\", 192.0.2.1 is also in use by default/first"))
        lab.apply("second", [Self.key: "k"])
        #expect(lab.addresses("second") == "192.0.2.1")
    }

    @Test("a Service changes its ports and keeps the address, until it meets another's port")
    func changesPorts() {
        var lab = lab()
        lab.apply("second", [Self.key: "k"], ["ports": Scenario.ports(443)])
        lab.apply("second", [:], ["ports": Scenario.ports(8443)])
        #expect(lab.addresses("second") == "192.0.2.1")
        #expect(lab.events("second") == ["Normal IPAllocated"])
        lab.apply("second", [:], ["ports": Scenario.ports(80)])
        #expect(lab.addresses("second") == "")
        #expect(lab.addresses("first") == "192.0.2.1")
    }

    @Test("a Service that gives up a port lets in who waits for it")
    func waitsForPort() {
        var lab = lab()
        lab.apply("second", [Self.key: "k"])
        #expect(lab.refusal("second") == "poolExhausted")
        lab.apply("first", [:], ["ports": Scenario.ports(8080)])
        #expect(lab.addresses("second") == "192.0.2.1")
    }

    @Test("each address of a dual-stack Service is checked by itself")
    func dualStack() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.2", "2001:db8::1-2001:db8::2")
        lab.apply("six", [Self.key: "k"], ["ipFamilies": ["IPv6"]])
        lab.apply("both", [Self.key: "k"], ["ipFamilyPolicy": "RequireDualStack"])
        #expect(lab.addresses("both") == "192.0.2.1 2001:db8::2")
        lab.apply("four", [Self.key: "k"], ["ports": Scenario.ports(443)])
        #expect(lab.addresses("four") == "192.0.2.1")
    }

    @Test("any number of Services share one address")
    func many() {
        var lab = Scenario(pool: "192.0.2.1/32")
        for number in 1...40 {
            lab.put("s\(number)", [Self.key: "k"], ["ports": Scenario.ports(Int64(number))])
        }
        lab.settle()
        #expect((1...40).allSatisfy { lab.addresses("s\($0)") == "192.0.2.1" })
        let before = lab.writes
        lab.restart()
        #expect(lab.writes == before)
    }

    @Test("automatic allocation takes the first acceptable address, be it free or shared")
    func automatic() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.3")
        lab.apply("alone")
        lab.apply("first", [Self.key: "k"])
        lab.apply("second", [Self.key: "k"], ["ports": Scenario.ports(443)])
        #expect(lab.addresses("second") == "192.0.2.2")
        lab.apply("third", [Self.key: "k"], ["ports": Scenario.ports(80)])
        #expect(lab.addresses("third") == "192.0.2.3")
    }
}
