import ClusterConfiguration
import Foundation
import Inspection
import KubernetesObjects
import Testing

@Suite("Reports about a cluster")
struct ReportTests {
    @Test("a cluster in which all is well is healthy, and its status says so")
    func healthy() {
        let status = StatusReport(Cluster().picture)
        #expect(status.isHealthy)
        #expect(
            status.text(isWide: false) == """
                configuration: valid
                pools:
                  NAME   IPV4 USED   IPV6 USED   AUTO ASSIGN   ADDRESSES
                  lan    1/10        -           true          192.0.2.90-192.0.2.99
                services: 1, of which 1 are announced
                nodes: 3
                """)
    }

    @Test("a Service without address, an invalid configuration and a complaint each make the status unhealthy")
    func unhealthy() {
        var cluster = Cluster()
        cluster.objects.services.append(Cluster.refused("full", "poolExhausted", "pool lan is full"))
        var status = StatusReport(cluster.picture)
        #expect(!status.isHealthy)
        #expect(status.failing.map(\.cause.text) == ["poolExhausted: pool lan is full"])
        #expect(status.text(isWide: false).contains("default/full   -         poolExhausted: pool lan is full"))

        cluster = Cluster()
        cluster.objects.configurationStates = []
        #expect(!StatusReport(cluster.picture).isHealthy)

        cluster = Cluster()
        cluster.objects.resources.pools[0].spec.addresses = ["bad"]
        status = StatusReport(cluster.picture)
        #expect(!status.isHealthy)
        #expect(status.text(isWide: false).hasPrefix("configuration: INVALID"))

        cluster = Cluster()
        cluster.objects.configurationStates[0].status = .init(result: "Invalid", errorSummary: "one\ntwo")
        status = StatusReport(cluster.picture)
        #expect(!status.isHealthy)
        #expect(status.configuration.complaints == ["controller reports Invalid: one\ntwo"])

        cluster = Cluster()
        cluster.objects.unreadable = ["IPAddressPool metallb-system/x: spec.addresses: expected an array"]
        #expect(!StatusReport(cluster.picture).isHealthy)
    }

    @Test("nodes that take no part are named with why, and are no fault")
    func restricted() {
        var cluster = Cluster()
        cluster.objects.nodes[0].metadata.annotations[Node.drainAnnotation] = "true"
        cluster.objects.nodes[0].metadata.labels[Node.excludeLabel] = ""
        let status = StatusReport(cluster.picture)
        #expect(status.isHealthy)
        #expect(status.restricted.map(\.because) == [["drained", "excluded"]])
        #expect(status.text(isWide: false).contains("edge1   drained, excluded"))
    }

    @Test("Services of another class, or of another type, are not counted")
    func others() {
        var cluster = Cluster()
        var other = Cluster.service("other", address: nil)
        other.spec.loadBalancerClass = "example.com/other"
        var inside = Cluster.service("inside", address: nil)
        inside.spec.type = "ClusterIP"
        cluster.objects.services += [other, inside]
        #expect(StatusReport(cluster.picture).services == 1)
    }

    @Test("a pool shows who advertises it in the wide form only, and a dash before it was counted")
    func pools() {
        var cluster = Cluster()
        cluster.objects.resources.pools[0].status = nil
        cluster.objects.resources.bgpAdvertisements = [
            BGPAdvertisement(metadata: ObjectMeta(name: "far"), spec: .init(ipAddressPools: ["else"]))
        ]
        let report = PoolReport(cluster.picture)
        #expect(report.pools.map(\.advertisements) == [["L2Advertisement/site"]])
        #expect(!report.text(isWide: false).contains("ADVERTISED BY"))
        #expect(report.text(isWide: true).contains("ADVERTISED BY"))
        #expect(report.text(isWide: false).contains("lan    -           -"))
    }

    @Test("a pool that holds more addresses than a number can shows the largest number")
    func hugePool() {
        var cluster = Cluster()
        cluster.objects.resources.pools[0].status = .init(
            assignedIPv4: 0, assignedIPv6: 5, availableIPv4: 0, availableIPv6: .max)
        #expect(PoolReport(cluster.picture).text(isWide: false).contains("5/\(Int64.max)"))
    }

    @Test("owners are one line an address and node; an address that nobody announces shows and is unhealthy")
    func owners() {
        var cluster = Cluster()
        cluster.objects.services.append(Cluster.service("alone", address: "192.0.2.91"))
        let report = OwnerReport(cluster.picture)
        #expect(!report.isHealthy)
        #expect(
            report.text(isWide: true) == """
                SERVICE         ADDRESS      NODE    METHOD   VIA    POOL
                default/alone   192.0.2.91   -       -        -      lan
                default/web     192.0.2.90   edge2   layer2   eth0   lan
                """)
        #expect(OwnerReport(Cluster().picture).isHealthy)
    }

    @Test("a report for programs has its members by name")
    func json() throws {
        let data = try JSONEncoder().encode(OwnerReport(Cluster().picture))
        let value = try JSONDecoder().decode(JSONValue.self, from: data)
        #expect(value["owners"]?.arrayValue?.first?["announcers"]?.arrayValue?.first?["node"] == "edge2")
        let explanation = try #require(Cluster().explain())
        let text = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(explanation))
        #expect(text["summary"]?.stringValue?.hasPrefix("default/web is announced") == true)
    }

    @Test("a cell with line breaks stays one row")
    func lineBreaks() {
        let table = Table(.init("A"), .init("B"), rows: [["one\ntwo", "x"], ["", ""]])
        #expect(table.lines(isWide: false) == ["A         B", "one two   x", "-         -"])
    }
}
