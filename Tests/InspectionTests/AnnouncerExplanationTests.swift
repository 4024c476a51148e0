import Inspection
import KubernetesObjects
import Testing

@Suite("Explaining a Service whose announcers are to be doubted")
struct AnnouncerExplanationTests {
    @Test(
        "of two addresses the one that its node's speaker does not announce is not announced, whatever the status says")
    func oneOfTwo() throws {
        var cluster = Cluster()
        let other = "192.0.2.91"
        cluster.objects.services[0].status.loadBalancer = .init(ingress: [.init(ip: Cluster.address), .init(ip: other)])
        #expect(try #require(cluster.explain()).isHealthy)
        var speaker = ExplanationTests.speaker(
            #"{"address": "\#(Cluster.address)", "standings": [{"link": "eth0", "state": "owning"}]}, "#
                + #"{"address": "\#(other)", "reason": "noSubnet", "message": "no link has its subnet"}"#)
        speaker.node = "edge2"
        cluster.speakers = [speaker]
        let explanation = try #require(cluster.explain())
        #expect(explanation.cause?.reason == "noSubnet")
        #expect(explanation.findings.filter { $0.step == .announcement }.map(\.result) == [.ok, .stops])
    }

    @Test("a node that the cluster does not hear may announce all the same; one that is gone does not")
    func silentNode() throws {
        var cluster = Cluster()
        cluster.objects.nodes[1].status.conditions = [Condition(type: "Ready", status: "Unknown")]
        let explanation = try #require(cluster.explain())
        #expect(explanation.isHealthy)
        #expect(explanation.summary.hasSuffix("; edge2 is not Ready: what it reports may be old"))
        cluster.objects.nodes.remove(at: 1)
        #expect(cluster.explain()?.isHealthy == false)
    }

    @Test("of endpoints that are not ready those of silent nodes are told")
    func silentEndpoints() throws {
        var cluster = Cluster()
        cluster.objects.slices = [Cluster.slice("web", on: "edge1", "edge3", ready: false)]
        cluster.objects.nodes[0].status.conditions = [Condition(type: "Ready", status: "Unknown")]
        #expect(
            try #require(cluster.explain()).summary
                .hasSuffix("no endpoint that can serve: none of 2 is ready; nodes that are not Ready: edge1"))
    }

    @Test("where nobody announces, a speaker that could not start is the cause")
    func missingCapability() throws {
        var cluster = Cluster()
        cluster.events = [
            EventRecord(
                component: "toono-speaker", host: "edge1", type: "Warning", reason: "capabilityMissing",
                message: "node \"edge1\": capabilityMissing: the speaker lacks NET_RAW and does not start")
        ]
        #expect(try #require(cluster.explain()).isHealthy)
        cluster.silence()
        let explanation = try #require(cluster.explain())
        #expect(
            explanation.summary
                == "default/web is not announced: capabilityMissing: edge1: the speaker lacks NET_RAW and does not start"
        )
    }
}
