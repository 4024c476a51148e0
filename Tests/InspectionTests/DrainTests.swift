import Inspection
import KubernetesObjects
import Testing

@Suite("Following a drain")
struct DrainTests {
    func announcers(_ places: (service: String, node: String)...) -> Announcers {
        Announcers(places.map { Cluster.report($0.service, on: $0.node) }, [])
    }

    @Test("a drain is done when the node announces nothing in two looks and others report what it had")
    func done() {
        var drain = Drain(node: "edge2", before: announcers(("web", "edge2")))
        drain.observe(announcers(("web", "edge2")))
        #expect(!drain.isDone)
        drain.observe(announcers(("web", "edge1")))
        #expect(!drain.isDone)
        drain.observe(announcers(("web", "edge1")))
        #expect(drain.isDone)
        let report = drain.report(Cluster().picture)
        #expect(report.isHealthy)
        #expect(
            report.text(isWide: false) == """
                edge2 is drained: it announces nothing
                SERVICE       ADDRESS      NOW
                default/web   192.0.2.90   moved to edge1 (layer2 on eth0)
                """)
    }

    @Test("a report that is gone for an instant is no end")
    func flicker() {
        var drain = Drain(node: "edge2", before: announcers(("web", "edge2")))
        drain.observe(announcers())
        drain.observe(announcers(("web", "edge2")))
        drain.observe(announcers())
        #expect(!drain.isDone)
    }

    @Test("what nobody takes is waited for a little, then called withdrawn")
    func withdrawn() {
        var cluster = Cluster()
        cluster.objects.nodes.removeAll { $0.metadata.name != "edge2" }
        var drain = Drain(node: "edge2", before: announcers(("web", "edge2")))
        for _ in 0..<7 {
            drain.observe(announcers())
            #expect(!drain.isDone)
        }
        drain.observe(announcers())
        #expect(drain.isDone)
        #expect(
            drain.report(cluster.picture).text(isWide: false).contains("withdrawn: no other node may announce it"))
    }

    @Test("what came to the node after the beginning is followed too")
    func late() {
        var drain = Drain(node: "edge2", before: announcers())
        drain.observe(announcers(("web", "edge2")))
        drain.observe(announcers(("web", "edge3")))
        drain.observe(announcers(("web", "edge3")))
        #expect(drain.report(Cluster().picture).moves.map(\.service) == ["default/web"])
        #expect(drain.isDone)
    }

    @Test("a report after the time given says what is still there, and whether another node could have it")
    func timeout() {
        var cluster = Cluster()
        var drain = Drain(node: "edge2", before: announcers(("web", "edge2")))
        drain.observe(announcers(("web", "edge2")))
        let report = drain.report(cluster.picture)
        #expect(!report.isHealthy)
        #expect(report.moves.map(\.isStillHere) == [true])
        #expect(report.moves.map(\.others) == [["edge1", "edge3"]])
        cluster.objects.nodes[0].metadata.annotations[Node.drainAnnotation] = "true"
        cluster.objects.nodes[2].metadata.labels[Node.excludeLabel] = ""
        #expect(drain.report(cluster.picture).moves.map(\.others) == [[]])
        #expect(
            drain.report(cluster.picture).text(isWide: false).contains("still here: no other node may announce it"))
    }

    @Test("a node that announces nothing is drained after two looks")
    func idle() {
        var drain = Drain(node: "edge1", before: announcers(("web", "edge2")))
        drain.observe(announcers(("web", "edge2")))
        #expect(!drain.isDone)
        drain.observe(announcers(("web", "edge2")))
        #expect(drain.isDone)
        #expect(drain.report(Cluster().picture).text(isWide: false) == "edge1 is drained: it announced nothing")
    }
}
