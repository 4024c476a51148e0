import ClusterConfiguration
import Eligibility
import Foundation
import Inspection
import KubernetesObjects
import Reasons
import Testing

@Suite("Explaining a Service")
struct ExplanationTests {
    /// A broken situation: what is done to the cluster, and what the first line must name.
    struct Situation: Sendable, CustomTestStringConvertible {
        var name: String
        var reason: Reason?
        /// Words of the first line besides the reason.
        var words: [String]
        var step: Explanation.Step
        var breaks: @Sendable (inout Cluster) -> Void

        var testDescription: String { name }

        init(
            _ name: String, _ reason: Reason?, _ words: String..., at step: Explanation.Step,
            breaks: @escaping @Sendable (inout Cluster) -> Void
        ) {
            self.name = name
            self.reason = reason
            self.words = words
            self.step = step
            self.breaks = breaks
        }
    }

    static let situations: [Situation] = [
        Situation("a Service of another type", nil, "ClusterIP", at: .type) { $0.objects.services[0].spec.type = nil },
        Situation("a class that is not ours", .classNotOurs, "example.com/other", at: .class) {
            $0.objects.services = [Cluster.service("web", address: nil)]
            $0.objects.services[0].spec.loadBalancerClass = "example.com/other"
        },
        Situation("no class where one is served", .classNotOurs, "no class", "example.com/edge", at: .class) {
            $0.objects.services = [Cluster.service("web", address: nil)]
            $0.policy.loadBalancerClass = "example.com/edge"
        },
        Situation("no pool", .noPool, "there is no IPAddressPool", at: .address) {
            $0.objects.services = [Cluster.refused("web", "noPool", "there is no IPAddressPool")]
        },
        Situation("an exhausted pool", .poolExhausted, "pool lan", at: .address) {
            $0.objects.services = [Cluster.refused("web", "poolExhausted", "pool lan has no free address")]
        },
        Situation("an address that another Service has", .addressTaken, "default/other", at: .address) {
            $0.objects.services = [Cluster.refused("web", "addressTaken", "default/other has 192.0.2.90")]
        },
        Situation("a refusal on a server without conditions", .poolExhausted, "pool lan is full", at: .address) {
            $0.objects.services = [Cluster.service("web", address: nil)]
            $0.events = [
                EventRecord(
                    component: "toono-controller", type: "Warning", reason: "AllocationFailed",
                    message: "Failed to allocate IP for \"default/web\": noPool: there was none",
                    lastTimestamp: "2026-01-01T00:00:00Z"),
                EventRecord(
                    component: "toono-controller", type: "Warning", reason: "AllocationFailed",
                    message: "Failed to allocate IP for \"default/web\": poolExhausted: pool lan is full: sorry",
                    lastTimestamp: "2026-01-01T00:00:01Z"),
            ]
        },
        Situation("a controller that never ran", nil, "toono-controller", at: .address) {
            $0.objects.services = [Cluster.service("web", address: nil)]
            $0.objects.configurationStates = []
        },
        Situation("an invalid configuration before any address", .configurationInvalid, "\"bad\"", at: .address) {
            $0.objects.services = [Cluster.service("web", address: nil)]
            $0.objects.resources.pools[0].spec.addresses = ["bad"]
        },
        Situation("an invalid configuration and nobody who announces", .configurationInvalid, at: .advertisement) {
            $0.objects.resources.pools[0].spec.addresses = ["bad"]
        },
        Situation("a pool that is gone", .addressNotInPool, Cluster.address, at: .pool) {
            $0.objects.resources.pools[0].spec.addresses = ["198.51.100.0/24"]
        },
        Situation("no advertisement", .noAdvertisement, "there is no L2Advertisement", at: .advertisement) {
            $0.objects.resources.layer2Advertisements = []
        },
        Situation(
            "an advertisement for other Services", .noAdvertisement, "\"site\"", "serviceSelectors", at: .advertisement
        ) {
            $0.objects.resources.layer2Advertisements[0].spec.serviceSelectors = [.init(matchLabels: ["app": "db"])]
        },
        Situation("an advertisement for other pools", .noAdvertisement, "does not select the pool", at: .advertisement)
        {
            $0.objects.resources.layer2Advertisements[0].spec.ipAddressPools = ["other"]
        },
        Situation("no endpoint", .noServingEndpoint, "app=web", at: .endpoints) {
            $0.objects.slices = []
            $0.objects.services[0].spec.selector = ["app": "web"]
        },
        Situation("endpoints that are not ready", .noServingEndpoint, "none of 2 is ready", at: .endpoints) {
            $0.objects.slices = [Cluster.slice("web", on: "edge1", "edge2", ready: false)]
        },
        Situation("node selectors that match no node", .nodeExcluded, "nodeSelectors", at: .nodes) {
            $0.objects.resources.layer2Advertisements[0].spec.nodeSelectors = [.init(matchLabels: ["site": "x"])]
        },
        Situation("all nodes excluded", .nodeExcluded, Node.excludeLabel, "all 3 nodes", at: .nodes) {
            for index in $0.objects.nodes.indices { $0.objects.nodes[index].metadata.labels[Node.excludeLabel] = "" }
        },
        Situation(
            "nodes refused for several reasons", .noEligibleNode, "networkUnavailable", "nodeExcluded", at: .nodes
        ) {
            for index in 0..<2 { $0.objects.nodes[index].metadata.labels[Node.excludeLabel] = "" }
            $0.objects.nodes[2].status.conditions = [Condition(type: "NetworkUnavailable", status: "True")]
        },
        Situation("endpoints on no node that may announce", .noEligibleNode, "noLocalEndpoint", at: .nodes) {
            $0.objects.services[0].spec.externalTrafficPolicy = "Local"
            $0.objects.nodes[0].metadata.labels[Node.excludeLabel] = ""
            $0.objects.nodes[2].metadata.labels[Node.excludeLabel] = ""
        },
        Situation("every node drained", .quiesced, "edge1, edge2, edge3", at: .nodes) {
            for index in $0.objects.nodes.indices {
                $0.objects.nodes[index].metadata.annotations[Node.drainAnnotation] = "true"
            }
        },
        Situation("a stranger on the link, by an event", .addressInUse, "52:54:00", at: .announcement) {
            $0.events = [
                EventRecord(
                    component: "toono-speaker", type: "Warning", reason: "announceFailed",
                    message: "192.0.2.90 is not announced: addressInUse: 52:54:00:00:00:01 on eth0 answers for it")
            ]
        },
        Situation("a link without the subnet, by a speaker", .noSubnet, "node1:7472", at: .announcement) {
            $0.speakers = [Self.speaker(#"{"address": "192.0.2.90", "reason": "noSubnet", "message": "no link"}"#)]
        },
        Situation("a stranger on the link, by a speaker", .addressInUse, "backing off", at: .announcement) {
            $0.speakers = [
                Self.speaker(
                    #"{"address": "192.0.2.90", "standings": [{"link": "eth0", "state": "backing off: 52:54:00:00:00:01"}]}"#
                )
            ]
        },
        Situation("speakers that do not run", nil, "do speakers run", at: .announcement) { _ in },
    ]

    static func speaker(_ address: String) -> SpeakerView {
        let text = #"{"isConnected": true, "addresses": [\#(address)], "links": []}"#
        guard var view = try? JSONDecoder().decode(SpeakerView.self, from: Data(text.utf8)) else {
            preconditionFailure("the test's own JSON does not decode")
        }
        view.origin = "node1:7472"
        return view
    }

    @Test("what is wrong with a speaker shows in the first line of a Service that is announced all the same")
    func warnings() throws {
        var cluster = Cluster()
        let text = #"{"node": "edge1", "warnings": ["offline", "helloKeyDiffers"]}"#
        cluster.speakers = [
            try JSONDecoder().decode(SpeakerView.self, from: Data(text.utf8)),
            try JSONDecoder().decode(SpeakerView.self, from: Data(#"{"node": "edge2", "warnings": []}"#.utf8)),
        ]
        let explanation = try #require(cluster.explain())
        #expect(explanation.isHealthy)
        #expect(explanation.summary.hasSuffix("by edge2 (layer2 on eth0); edge1 warns: offline, helloKeyDiffers"))
    }

    @Test("an address that a speaker says it announces is announced, whatever was told before and is reported")
    func unreported() throws {
        var cluster = Cluster()
        cluster.silence()
        cluster.events = [
            EventRecord(
                component: "toono-speaker", type: "Warning", reason: "announceFailed",
                message: "192.0.2.90 is not announced: linkDown: no carrier")
        ]
        cluster.speakers = [
            Self.speaker(#"{"address": "192.0.2.90", "standings": [{"link": "eth0", "state": "owning"}]}"#)
        ]
        let explanation = try #require(cluster.explain())
        #expect(explanation.isHealthy)
        #expect(explanation.summary == "default/web is announced: 192.0.2.90 by node1:7472 (says its speaker)")
    }

    @Test("the first line names the cause", arguments: situations)
    func cause(_ situation: Situation) throws {
        var cluster = Cluster()
        cluster.silence()
        situation.breaks(&cluster)
        let explanation = try #require(cluster.explain())
        #expect(!explanation.isHealthy)
        #expect(explanation.cause?.reason == situation.reason?.rawValue)
        let first = try #require(explanation.text(isWide: false).split(separator: "\n").first)
        #expect(first.hasPrefix("default/web is not announced: "))
        if let reason = situation.reason { #expect(first.contains("\(reason.rawValue): ")) }
        for word in situation.words { #expect(first.contains(word)) }
        let stops = explanation.findings.filter { $0.result == .stops }
        #expect(stops.map(\.step) == [situation.step])
        #expect(explanation.findings.last?.result == .stops)
    }

    @Test("a Service that is announced is walked to the wire, and the first line says by whom")
    func announced() throws {
        let explanation = try #require(Cluster().explain())
        #expect(explanation.isHealthy)
        #expect(explanation.summary == "default/web is announced: 192.0.2.90 by edge2 (layer2 on eth0)")
        #expect(explanation.findings.map(\.step) == Explanation.Step.allCases.filter { $0 != .sessions })
        #expect(explanation.findings.allSatisfy { $0.result == .ok })
    }

    @Test("each node is named with what is against it")
    func nodes() throws {
        var cluster = Cluster()
        cluster.objects.nodes[0].metadata.labels[Node.excludeLabel] = ""
        cluster.objects.nodes[1].metadata.annotations[Node.drainAnnotation] = "true"
        cluster.objects.resources.layer2Advertisements[0].spec.interfaces = ["eth1", "eth0"]
        let explanation = try #require(cluster.explain())
        let finding = try #require(explanation.findings.first { $0.step == .nodes })
        #expect(finding.text == "edge3 may announce")
        #expect(
            finding.details == [
                "edge1: nodeExcluded: node \"edge1\" has the label \(Node.excludeLabel)",
                "edge2: quiesced: the node is drained (toono.io/drain)", "edge3: may announce (on eth0, eth1)",
            ])
    }

    @Test("the class need not be told for a Service that carries the controller's mark")
    func markedClass() throws {
        var cluster = Cluster()
        cluster.objects.services[0].spec.loadBalancerClass = "example.com/edge"
        #expect(try #require(cluster.explain()).isHealthy)
    }

    @Test("what is announced by the last good configuration is no failure while a new one is invalid")
    func lastGood() throws {
        var cluster = Cluster()
        cluster.objects.resources.pools[0].spec.addresses = ["bad"]
        let explanation = try #require(cluster.explain())
        #expect(explanation.isHealthy)
        #expect(explanation.findings.last?.result == .note)
        #expect(explanation.findings.last?.details.contains { $0.contains("bad") } == true)
    }

    @Test("a pool that BGP alone makes known needs no L2Advertisement")
    func bgp() throws {
        var cluster = Cluster()
        cluster.objects.resources.layer2Advertisements = []
        cluster.objects.resources.bgpAdvertisements = [BGPAdvertisement(metadata: ObjectMeta(name: "routes"))]
        cluster.silence()
        cluster.objects.bgpStatuses = [
            ServiceBGPStatus(
                metadata: ObjectMeta(name: "bgp-1"),
                status: .init(node: "edge1", serviceName: "web", serviceNamespace: "default", peers: ["tor"]))
        ]
        let explanation = try #require(cluster.explain())
        #expect(explanation.summary == "default/web is announced: 192.0.2.90 by edge1 (bgp to tor)")
        cluster.objects.bgpStatuses = []
        cluster.objects.resources.bgpAdvertisements[0].spec.nodeSelectors = [.init(matchLabels: ["site": "x"])]
        #expect(cluster.explain()?.cause?.reason == "nodeExcluded")
    }

    @Test("an event about another address, or of a reason that the walk has judged itself, is not the cause")
    func staleEvents() throws {
        var cluster = Cluster()
        cluster.silence()
        cluster.events = [
            EventRecord(
                component: "toono-speaker", type: "Warning", reason: "announceFailed",
                message: "192.0.2.91 is not announced: addressInUse: 52:54:00:00:00:01 on eth0 answers for it"),
            EventRecord(
                component: "toono-speaker", type: "Warning", reason: "announceFailed",
                message: "192.0.2.90 is not announced: noServingEndpoint: the Service has no endpoint"),
        ]
        let explanation = try #require(cluster.explain())
        #expect(explanation.cause != nil)
        #expect(explanation.cause?.reason == nil)
    }

    @Test("a Service that does not exist has no explanation")
    func absent() {
        #expect(Cluster().explain(ObjectKey(namespace: "default", name: "nobody")) == nil)
    }
}
