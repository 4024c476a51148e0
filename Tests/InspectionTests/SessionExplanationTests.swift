import ClusterConfiguration
import FoundationEssentials
import Inspection
import KubernetesObjects
import Testing

@Suite("Explaining a Service whose routers do not listen")
struct SessionExplanationTests {
    /// edge1 is to announce by BGP to the peer tor, and is asked itself.
    static func cluster(_ sessions: String) throws -> Cluster {
        var cluster = Cluster()
        cluster.objects.resources.layer2Advertisements = []
        cluster.objects.resources.bgpAdvertisements = [BGPAdvertisement(metadata: ObjectMeta(name: "routes"))]
        cluster.objects.resources.bgpPeers = [peer("tor"), peer("spine")]
        cluster.silence()
        cluster.objects.bgpStatuses = [report(on: "edge1")]
        let speaker = #"{"node": "edge1", "sessions": [\#(sessions)]}"#
        cluster.speakers = [try JSONDecoder().decode(SpeakerView.self, from: Data(speaker.utf8))]
        return cluster
    }

    static func peer(_ name: String) -> BGPPeer {
        BGPPeer(
            metadata: ObjectMeta(name: name),
            spec: .init(myASN: 64513, peerASN: 64512, peerAddress: "192.0.2.\(name.count)"))
    }

    static func report(on node: String) -> ServiceBGPStatus {
        ServiceBGPStatus(
            metadata: ObjectMeta(name: "bgp-\(node)"),
            status: .init(node: node, serviceName: "web", serviceNamespace: "default", peers: ["tor"]))
    }

    static let isUp = #"{"peer": "tor", "state": "established", "bfd": "Up"}"#

    @Test(
        "the only session is the cause when it is down, with what is known of it",
        arguments: [
            (#"{"peer": "tor", "state": "active", "lastError": "no answer"}"#, "no answer"),
            (#"{"peer": "tor", "state": "idle", "obstacle": "waits for Secret"}"#, "waits for Secret"),
            (#"{"peer": "tor", "state": "active", "lastError": "BFD Down", "bfd": "Down"}"#, "BFD Down; BFD is Down"),
            (#"{"peer": "tor", "state": "active"}"#, "active"),
        ])
    func down(session: String, words: String) throws {
        let explanation = try #require(try Self.cluster(session).explain())
        #expect(explanation.summary == "default/web is not announced: peerDown: edge1, tor: \(words)")
        #expect(explanation.cause?.reason == "peerDown")
    }

    @Test("a session that is up is a step, and no news in the first line")
    func up() throws {
        let explanation = try #require(try Self.cluster(Self.isUp).explain())
        #expect(explanation.summary == "default/web is announced: 192.0.2.90 by edge1 (bgp to tor)")
        #expect(explanation.findings.first { $0.step == .sessions }?.result == .ok)
    }

    @Test("a router that BFD does not hear is told of though its session is up")
    func unguarded() throws {
        let explanation = try #require(
            try Self.cluster(#"{"peer": "tor", "state": "established", "bfd": "Down"}"#).explain())
        #expect(
            explanation.summary == "default/web is announced: 192.0.2.90 by edge1 (bgp to tor); edge1, tor: BFD is Down"
        )
    }

    @Test(
        "with another router, another node, or at layer 2 the Service is announced, and the first line says what is down"
    )
    func others() throws {
        let down = #"{"peer": "tor", "state": "active", "lastError": "no answer"}"#
        let router = try Self.cluster(down + "," + Self.isUp.replacing("tor", with: "spine"))
        var node = try Self.cluster(down)
        node.objects.bgpStatuses.append(Self.report(on: "edge2"))
        var layer2 = try Self.cluster(down)
        layer2.objects.layer2Statuses = [Cluster.report("web", on: "edge1")]
        #expect(try #require(node.explain()).summary.hasSuffix("; not asked: edge2"))
        for cluster in [router, node, layer2] {
            let explanation = try #require(cluster.explain())
            #expect(explanation.isHealthy)
            #expect(explanation.summary.contains("; peerDown: edge1, tor: no answer"))
        }
    }

    @Test(
        "without a router for any node there is nobody to tell",
        arguments: [([String](), "there is no BGPPeer"), (["spine"], "no BGPPeer is for a node")])
    func noPeer(peers: [String], words: String) throws {
        var cluster = try Self.cluster("")
        cluster.objects.bgpStatuses = []
        cluster.objects.resources.bgpPeers = peers.map(Self.peer)
        cluster.objects.resources.bgpAdvertisements[0].spec.peers = ["tor"]
        let cause = try #require(cluster.explain()?.cause)
        #expect(cause.reason == "noPeer")
        #expect(cause.message.hasPrefix(words))
    }

    @Test("sessions that the Service's advertisements do not name are none of its business")
    func unnamed() throws {
        var cluster = try Self.cluster(Self.isUp + #", {"peer": "spine", "state": "active"}"#)
        cluster.objects.resources.bgpAdvertisements[0].spec.peers = ["tor"]
        let explanation = try #require(cluster.explain())
        #expect(explanation.summary == "default/web is announced: 192.0.2.90 by edge1 (bgp to tor)")
    }
}
