import ClusterConfiguration
import Foundation
import Inspection
import KubernetesObjects
import Testing

@Suite("Reports about BGP peers")
struct PeerReportTests {
    /// One peer for edge1 and edge2, to which edge1 announces the Service.
    private var cluster: Cluster {
        var cluster = Cluster()
        for index in 0..<2 { cluster.objects.nodes[index].metadata.labels["rack"] = "a" }
        var spec = BGPPeer.Spec(myASN: 64513, peerASN: 64512, peerAddress: "192.0.2.1")
        spec.nodeSelectors = [.init(matchLabels: ["rack": "a"])]
        cluster.objects.resources.bgpPeers = [BGPPeer(metadata: ObjectMeta(name: "router"), spec: spec)]
        cluster.objects.bgpStatuses = [
            ServiceBGPStatus(
                metadata: ObjectMeta(name: "x"),
                status: .init(
                    node: "edge1", serviceName: "web", serviceNamespace: "default", peers: ["router", "other"]))
        ]
        return cluster
    }

    private func speaker(_ json: String) throws -> SpeakerView {
        try JSONDecoder().decode(SpeakerView.self, from: Data(json.utf8))
    }

    @Test("a peer shows which nodes it is for and how many Services are announced to it")
    func peers() {
        let report = PeerReport(cluster.picture, speakers: [], unanswered: [])
        #expect(report.isHealthy)
        #expect(
            report.text(isWide: false) == """
                PEER     ADDRESS     MY AS   PEER AS   SERVICES   NODES
                router   192.0.2.1   64513   64512     1          edge1,edge2

                sessions are shown by the speakers themselves: kubectl port-forward to one, and --state http://127.0.0.1:7472
                """)
        #expect(PeerReport(Cluster().picture, speakers: [], unanswered: []).text(isWide: true) == "there is no BGPPeer")
    }

    @Test("counts that no speaker can have do not trap")
    func hugeCounts() throws {
        let speaker = try speaker(
            #"""
            {"node": "edge1", "sessions": [{"peer": "router", "state": "established", "exports": [
             {"family": "ipv4", "sent": 9223372036854775807, "pending": 0},
             {"family": "ipv6", "sent": 1, "pending": -9223372036854775808}]}]}
            """#)
        let report = PeerReport(cluster.picture, speakers: [speaker], unanswered: [])
        #expect(report.text(isWide: false).contains("9223372036854775807"))
    }

    @Test("a session that is down shows its last error and makes the report unhealthy; so does a speaker's silence")
    func down() throws {
        let speaker = try speaker(
            #"""
            {"node": "edge1", "sessions": [{"peer": "router", "state": "active", "seconds": 14, "bfd": "Down",
             "lastError": "connection refused", "nextAttemptSeconds": 3,
             "exports": [{"family": "ipv4", "sent": 0, "pending": 2, "obstacle": "the session is down"}]}]}
            """#)
        let report = PeerReport(cluster.picture, speakers: [speaker], unanswered: ["http://edge2: refused"])
        #expect(!report.isHealthy)
        #expect(
            report.text(isWide: false).hasSuffix(
                """
                NODE    PEER     STATE    FOR   BFD    SENT   PENDING
                edge1   router   active   14s   Down   0      2
                  edge1, router: last error: connection refused
                  edge1, router: tried again in 3s
                no answer: http://edge2: refused
                """))
        #expect(!PeerReport(cluster.picture, speakers: [], unanswered: ["x"]).isHealthy)
    }

    @Test("an established session shows why a family tells nothing; the wide form what the peer offers and was told")
    func established() throws {
        let speaker = try speaker(
            #"""
            {"node": "edge1", "sessions": [{"peer": "router", "state": "established", "seconds": 5, "peerAS": 64512,
             "lastError": "hold timer expired", "peerCapabilities": ["4-octet AS"], "prefixes": ["192.0.2.90/32"],
             "exports": [{"family": "ipv4", "sent": 1, "pending": 0},
                         {"family": "ipv6", "sent": 0, "pending": 0, "obstacle": "the peer does not offer the family"}]}]}
            """#)
        let report = PeerReport(cluster.picture, speakers: [speaker], unanswered: [])
        #expect(report.isHealthy)
        let narrow = report.text(isWide: false)
        #expect(narrow.contains("edge1, router: ipv6: the peer does not offer the family"))
        #expect(!narrow.contains("hold timer"))
        let wide = report.text(isWide: true)
        for text in ["hold timer expired", "the peer offers 4-octet AS", "told: 192.0.2.90/32"] {
            #expect(wide.contains(text))
        }
    }
}
