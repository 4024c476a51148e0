import KubernetesObjects
import Testing

@testable import LabAPI

/// Creation, change and deletion, and what follows from them.
@Suite struct LifecycleTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let merge = "application/merge-patch+json"

    private func cluster() -> TestCluster {
        var cluster = TestCluster()
        cluster.addNamespace()
        return cluster
    }

    private static func map(
        _ name: String, finalizers: [JSONValue] = [], owner: String? = nil, more: [String: JSONValue] = [:]
    ) -> JSONValue {
        var metadata: [String: JSONValue] = ["name": .string(name)]
        if !finalizers.isEmpty { metadata["finalizers"] = .array(finalizers) }
        if let owner {
            metadata["ownerReferences"] = [
                ["apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": .string(owner)]
            ]
        }
        return .object(["metadata": .object(metadata)].merging(more) { $1 })
    }

    @Test("a finalizer holds a deleted object until it is removed, and none can be added then")
    func finalizers() throws {
        var cluster = cluster()
        cluster.ask("POST", Self.maps, Self.map("a", finalizers: ["x/y"]))
        let deleted = try cluster.document("DELETE", Self.maps + "/a")
        #expect(deleted["kind"] == "ConfigMap")
        #expect(deleted["metadata"]?["deletionTimestamp"] == "2026-11-23T04:17:44Z")
        #expect(deleted["metadata"]?["deletionGracePeriodSeconds"] == 0)
        let added = cluster.ask(
            "PATCH", Self.maps + "/a", ["metadata": ["finalizers": ["x/y", "z"]]], type: Self.merge)
        #expect(added.status == 422)
        var watch = try cluster.watch(Self.maps + "?watch=1&resourceVersion=\(cluster.cluster.store.revision)")
        #expect(
            cluster.ask("PATCH", Self.maps + "/a", ["metadata": ["finalizers": nil]], type: Self.merge).status == 200)
        #expect(try TestCluster.summary(cluster.lines(&watch)) == ["MODIFIED a", "DELETED a"])
        #expect(cluster.ask("GET", Self.maps + "/a").status == 404)
    }

    @Test(
        "dependents go with their last owner, or live on as orphans", arguments: ["Background", "Foreground", "Orphan"])
    func dependents(_ policy: String) throws {
        var cluster = cluster()
        let owner = try cluster.document("POST", Self.maps, Self.map("owner"))
        let uid = owner.metadataText("uid")
        cluster.ask("POST", Self.maps, Self.map("child", owner: uid))
        cluster.ask("POST", Self.maps, Self.map("held", finalizers: ["x/y"], owner: uid))
        cluster.ask("DELETE", Self.maps + "/owner", ["propagationPolicy": .string(policy)])
        let isThere = { (name: String) in cluster.ask("GET", Self.maps + "/" + name).status == 200 }
        switch policy {
        case "Orphan":
            #expect(isThere("child") && isThere("held") && !isThere("owner"))
            #expect(try cluster.document("GET", Self.maps + "/child")["metadata"]?["ownerReferences"] == nil)
        case "Foreground":
            #expect(!isThere("child") && isThere("held") && isThere("owner"))
            cluster.ask("PATCH", Self.maps + "/held", ["metadata": ["finalizers": nil]], type: Self.merge)
            #expect(!isThere("held") && !isThere("owner"))
        default:
            #expect(!isThere("child") && isThere("held") && !isThere("owner"))
        }
    }

    @Test("a deleted namespace takes everything along, and lets nothing in meanwhile")
    func namespaceDeletion() throws {
        var cluster = cluster()
        cluster.ask("POST", Self.maps, Self.map("a"))
        cluster.ask("POST", Self.maps, Self.map("b", finalizers: ["x/y"]))
        let answer = try cluster.document("DELETE", "/api/v1/namespaces/default")
        #expect(answer["status"]?["phase"] == "Terminating")
        #expect(cluster.ask("GET", Self.maps + "/a").status == 404)
        let refused = cluster.ask("POST", Self.maps, Self.map("c"))
        #expect(refused.status == 403)
        #expect(String(decoding: refused.bytes, as: UTF8.self).contains("NamespaceTerminating"))
        cluster.ask("PATCH", Self.maps + "/b", ["metadata": ["finalizers": nil]], type: Self.merge)
        #expect(cluster.ask("GET", "/api/v1/namespaces/default").status == 404)
    }

    @Test("an update needs the present version and uid, and keeps what only the server sets")
    func updates() throws {
        var cluster = cluster()
        let created = try cluster.document("POST", Self.maps, Self.map("a"))
        var changed = created
        changed["data"] = ["k": "1"]
        changed.changeMetadata { $0["creationTimestamp"] = "2001-01-01T00:00:00Z" }
        let updated = try cluster.document("PUT", Self.maps + "/a", changed)
        #expect(updated["metadata"]?["creationTimestamp"] == created["metadata"]?["creationTimestamp"])
        #expect(updated["data"] == ["k": "1"])
        #expect(cluster.ask("PUT", Self.maps + "/a", changed).status == 409)
        var other = updated
        other.changeMetadata { $0["uid"] = "1" }
        #expect(cluster.ask("PUT", Self.maps + "/a", other).status == 409)
        #expect(cluster.ask("PUT", Self.maps + "/b", updated).status == 400)
        let patch: JSONValue = ["metadata": ["resourceVersion": "1"]]
        #expect(cluster.ask("PATCH", Self.maps + "/a", patch, type: Self.merge).status == 409)
    }

    @Test("status and the rest are written through their own paths only")
    func statusSubresource() throws {
        var cluster = cluster()
        let path = "/apis/lab.example/v1/namespaces/default/widgets"
        let created = try cluster.document("POST", path, Self.map("w", more: ["spec": ["a": 1], "status": ["b": 1]]))
        #expect(created["status"] == nil)
        let both: JSONValue = ["spec": ["a": 2], "status": ["b": 2], "metadata": ["labels": ["x": "y"]]]
        let viaStatus = try cluster.document("PATCH", path + "/w/status", both, type: Self.merge)
        #expect(viaStatus["spec"] == ["a": 1])
        #expect(viaStatus["status"] == ["b": 2])
        #expect(viaStatus["metadata"]?["labels"] == nil)
        let viaMain = try cluster.document(
            "PATCH", path + "/w", ["spec": ["a": 3], "status": ["b": 3]], type: Self.merge)
        #expect(viaMain["spec"] == ["a": 3])
        #expect(viaMain["status"] == ["b": 2])
        let managers = viaMain["metadata"]?["managedFields"]?.arrayValue ?? []
        #expect(managers.compactMap { $0["subresource"]?.stringValue } == ["status"])
        // A custom resource is never written blindly.
        #expect(cluster.ask("PUT", path + "/w", Self.map("w")).status == 422)
    }

    @Test("scale shows and sets replicas")
    func scale() throws {
        var cluster = cluster()
        let path = "/apis/apps/v1/namespaces/default/deployments"
        let template: JSONValue = [
            "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]],
        ]
        let spec: JSONValue = ["replicas": 2, "selector": ["matchLabels": ["a": "b"]], "template": template]
        cluster.ask("POST", path, Self.map("d", more: ["spec": spec]))
        var scale = try cluster.document("GET", path + "/d/scale")
        #expect(scale["spec"] == ["replicas": 2])
        #expect(scale["status"] == ["replicas": 0, "selector": "a=b"])
        scale["spec"] = ["replicas": 5]
        #expect(try cluster.document("PUT", path + "/d/scale", scale)["spec"] == ["replicas": 5])
        #expect(cluster.ask("PUT", path + "/d/scale", scale).status == 409)
        cluster.ask("PATCH", path + "/d/scale", ["spec": ["replicas": 0]], type: Self.merge)
        let deployment = try cluster.document("GET", path + "/d")
        #expect(deployment["spec"]?["replicas"] == 0)
        #expect(cluster.ask("PATCH", path + "/d/scale", ["spec": ["replicas": -1]], type: Self.merge).status == 422)
    }

    @Test("a dry run answers as the real thing and stores nothing")
    func dryRun() throws {
        var cluster = cluster()
        cluster.ask("POST", Self.maps, Self.map("a"))
        let revision = cluster.cluster.store.revision
        #expect(cluster.ask("POST", Self.maps + "?dryRun=All", Self.map("b")).status == 201)
        let patched = try cluster.document(
            "PATCH", Self.maps + "/a?dryRun=All", ["data": ["k": "1"]], type: Self.merge)
        #expect(patched["data"] == ["k": "1"])
        #expect(cluster.ask("DELETE", Self.maps + "/a?dryRun=All").status == 200)
        #expect(cluster.cluster.store.revision == revision)
        #expect(cluster.ask("POST", Self.maps + "?dryRun=Some", Self.map("b")).status == 422)
    }

    @Test(
        "creations that cannot be are refused",
        arguments: [
            (["metadata": [:]], 422), (["metadata": ["name": "a", "namespace": "other"]], 400),
            (["kind": "Secret", "metadata": ["name": "a"]], 400),
            (["apiVersion": "v2", "metadata": ["name": "a"]], 400), ([1], 400),
            (["metadata": ["name": "a", "resourceVersion": "5"]], 500),
        ] as [(JSONValue, Int)])
    func refusedCreations(_ body: JSONValue, _ status: Int) {
        var cluster = cluster()
        #expect(cluster.ask("POST", Self.maps, body).status == status)
    }

    @Test(
        "paths and methods that are not served are 404 and 405",
        arguments: [
            ("GET", "/api/v1/namespaces/default/frobs", 404), ("GET", "/api/v1/configmaps/a", 404),
            ("GET", "/apis/x/v1/namespaces/default/configmaps", 404), ("GET", "/nowhere", 404),
            ("DELETE", "/api/v1/namespaces", 405), ("PUT", "/api/v1/namespaces/default/configmaps", 405),
            ("POST", "/api/v1/namespaces/default/configmaps/a", 405),
            ("GET", "/api/v1/namespaces/default/configmaps/a/log", 404),
        ])
    func notServed(_ method: String, _ path: String, _ status: Int) {
        var cluster = cluster()
        #expect(cluster.ask(method, path, method == "GET" || method == "DELETE" ? nil : [:]).status == status)
    }

    @Test("a snapshot brings the cluster back at its revision, and old watches are too old")
    func snapshot() throws {
        var cluster = cluster()
        cluster.ask("POST", Self.maps, Self.map("a", more: ["data": ["k": "\u{1F3D5} \"\\\n"]]))
        let before = try cluster.document("GET", Self.maps + "/a")
        var restored = TestCluster()
        try restored.cluster.restore(cluster.cluster.store.snapshot, at: restored.now)
        #expect(try restored.document("GET", Self.maps + "/a") == before)
        #expect(restored.cluster.store.revision == cluster.cluster.store.revision)
        var watch = try restored.watch(Self.maps + "?watch=1&resourceVersion=1")
        #expect(restored.lines(&watch).contains("too old resource version"))
        #expect(throws: Store.SnapshotFailure.self) { try restored.cluster.restore(Array("{}".utf8), at: restored.now) }
    }

    /// Answers each new config map with one of its own.
    private struct Echo: LabController {
        let name = "echo"
        func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
            guard change.kind == .added, change.key.storage == TestCluster.configMaps,
                !change.key.name.hasSuffix("-echo")
            else { return [] }
            let body = LifecycleTests.map(change.key.name + "-echo")
            return [
                APIRequest(
                    method: "POST", path: LifecycleTests.maps, headers: ["content-type": "application/json"],
                    body: JSONWriter.bytes(body))
            ]
        }
    }

    @Test("a controller's writes have happened when the request is answered, in its own name")
    func controllers() throws {
        var cluster = TestCluster(controllers: [Echo()])
        cluster.addNamespace()
        cluster.ask("POST", Self.maps, Self.map("a", more: ["data": ["k": "1"]]))
        #expect(cluster.ask("GET", Self.maps + "/a-echo").status == 200)
        #expect(cluster.ask("GET", Self.maps + "/a-echo-echo").status == 404)
    }
}
