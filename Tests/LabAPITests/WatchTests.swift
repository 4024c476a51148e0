import KubernetesObjects
import Testing

@testable import LabAPI

@Suite struct WatchTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private func cluster(history: Int = 1000) -> TestCluster {
        var cluster = TestCluster(historyCapacity: history)
        cluster.addNamespace()
        return cluster
    }

    private func create(_ cluster: inout TestCluster, _ name: String, labels: JSONValue = [:]) {
        cluster.ask("POST", Self.maps, ["metadata": ["name": .string(name), "labels": labels]])
    }

    @Test("a watch without revision starts with what is there, then follows")
    func follows() throws {
        var cluster = cluster()
        create(&cluster, "a")
        var watch = try cluster.watch(Self.maps + "?watch=1")
        #expect(try TestCluster.summary(cluster.lines(&watch)) == ["ADDED a"])
        create(&cluster, "b")
        cluster.ask("PATCH", Self.maps + "/a", ["data": ["k": "1"]], type: "application/merge-patch+json")
        cluster.ask("DELETE", Self.maps + "/b")
        #expect(try TestCluster.summary(cluster.lines(&watch)) == ["ADDED b", "MODIFIED a", "DELETED b"])
        #expect(cluster.lines(&watch).isEmpty)
    }

    @Test("an object that comes into the selection is added, one that leaves it is deleted")
    func selection() throws {
        var cluster = cluster()
        create(&cluster, "a", labels: ["x": "1"])
        var watch = try cluster.watch(Self.maps + "?watch=1&labelSelector=x%20in%20(2,3)")
        #expect(cluster.lines(&watch).isEmpty)
        for value in ["2", "3", "4"] {
            cluster.ask(
                "PATCH", Self.maps + "/a", ["metadata": ["labels": ["x": .string(value)]]],
                type: "application/merge-patch+json")
        }
        #expect(try TestCluster.summary(cluster.lines(&watch)) == ["ADDED a", "MODIFIED a", "DELETED a"])
    }

    @Test("a watch of one name sees that object only")
    func named() throws {
        var cluster = cluster()
        var byField = try cluster.watch(Self.maps + "?watch=1&fieldSelector=metadata.name%3Db")
        var byPath = try cluster.watch(Self.maps + "/b?watch=1")
        create(&cluster, "a")
        create(&cluster, "b")
        #expect(try TestCluster.summary(cluster.lines(&byField)) == ["ADDED b"])
        #expect(try TestCluster.summary(cluster.lines(&byPath)) == ["ADDED b"])
    }

    @Test("a watch that falls behind the history is told that it is too old, and ends")
    func tooOld() throws {
        var cluster = cluster(history: 3)
        create(&cluster, "a")
        var watch = try cluster.watch(Self.maps + "?watch=1")
        _ = cluster.lines(&watch)
        for name in ["b", "c", "d"] { create(&cluster, name) }
        #expect(try TestCluster.summary(cluster.lines(&watch)).count == 3)
        for name in ["e", "f", "g", "h"] { create(&cluster, name) }
        let lines = cluster.lines(&watch)
        #expect(lines.hasPrefix("{\"type\":\"ERROR\""))
        #expect(lines.contains("\"reason\":\"Expired\""))
        #expect(watch.isFinished)
    }

    @Test("a bookmark comes every minute and shortly before the end, at the newest revision")
    func bookmarks() throws {
        var cluster = cluster()
        create(&cluster, "a")
        var watch = try cluster.watch(Self.maps + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=90")
        _ = cluster.lines(&watch)
        cluster.fill(to: 50)
        #expect(cluster.lines(&watch).isEmpty)
        for seconds in [60, 28] as [Int64] {
            cluster.now.seconds += seconds
            let lines = cluster.lines(&watch)
            #expect(try TestCluster.summary(lines) == ["BOOKMARK "])
            #expect(lines.contains("\"resourceVersion\":\"50\""))
        }
        #expect(!watch.isFinished)
        cluster.now.seconds += 2
        #expect(cluster.lines(&watch).isEmpty)
        #expect(watch.isFinished)
    }

    @Test("many objects are sent in parts, in order, each once")
    func parts() throws {
        var cluster = cluster()
        for index in 1000..<2100 { create(&cluster, "m\(index)") }
        var watch = try cluster.watch(Self.maps + "?watch=1&resourceVersion=0")
        let first = cluster.cluster.poll(&watch, at: cluster.now)
        #expect(first.hasMore)
        create(&cluster, "a")
        let lines = String(decoding: first.bytes, as: UTF8.self) + cluster.lines(&watch)
        let expected = (1000..<2100).map { "ADDED m\($0)" } + ["ADDED a"]
        #expect(try TestCluster.summary(lines) == expected)
    }

    @Test(
        "watches that ask for what cannot be are refused",
        arguments: [
            ("watch=1&sendInitialEvents=true", 422), ("watch=1&resourceVersionMatch=Exact&resourceVersion=1", 422),
            ("watch=1&resourceVersion=x", 500), ("watch=1&labelSelector=a%3D%3D%3Db", 400),
            ("watch=1&fieldSelector=spec.x%3D1", 400),
        ])
    func refused(_ query: String, _ status: Int) {
        var cluster = cluster()
        #expect(cluster.ask("GET", Self.maps + "?" + query).status == status)
    }
}
