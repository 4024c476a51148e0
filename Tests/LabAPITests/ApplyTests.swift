import KubernetesObjects
import Testing

@testable import LabAPI

/// Server-side apply and the ownership of fields, through the pipeline.
@Suite struct ApplyTests {
    private static let services = "/api/v1/namespaces/default/services"
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private func cluster() -> TestCluster {
        var cluster = TestCluster()
        cluster.addNamespace()
        return cluster
    }

    private func apply(
        _ cluster: inout TestCluster, _ manager: String, _ path: String, _ body: JSONValue, force: Bool = false
    ) -> APIResponse {
        cluster.ask(
            "PATCH", "\(path)?fieldManager=\(manager)&force=\(force)", body, type: "application/apply-patch+yaml")
    }

    private static func map(_ data: [String: JSONValue]) -> JSONValue {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "m"], "data": .object(data)]
    }

    private func managers(_ object: JSONValue) throws -> [String: JSONValue] {
        let entries = try #require(object["metadata"]?["managedFields"]?.arrayValue)
        return Dictionary(
            entries.map {
                (($0["manager"]?.stringValue ?? "") + "/" + ($0["operation"]?.stringValue ?? ""), $0["fieldsV1"] ?? [:])
            },
            uniquingKeysWith: { $1 })
    }

    @Test("an applied configuration creates the object, owns what it says, and takes back what it no longer says")
    func createAndPrune() throws {
        var cluster = cluster()
        #expect(apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1", "b": "2"])).status == 201)
        #expect(apply(&cluster, "two", Self.maps + "/m", Self.map(["c": "3"])).status == 200)
        #expect(apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1"])).status == 200)
        let object = try cluster.document("GET", Self.maps + "/m")
        #expect(object["data"] == ["a": "1", "c": "3"])
        #expect(
            try managers(object) == [
                "one/Apply": ["f:data": ["f:a": [:]]], "two/Apply": ["f:data": ["f:c": [:]]],
            ])
    }

    @Test("an object keeps its identity when its manager lets go of everything else in its metadata")
    func identityStays() throws {
        var cluster = cluster()
        let path = "/apis/lab.example/v1/namespaces/default/widgets/w"
        var widget: JSONValue = [
            "apiVersion": "lab.example/v1", "kind": "Widget",
            "metadata": ["name": "w", "annotations": ["a": "b"]], "spec": ["a": 1],
        ]
        _ = apply(&cluster, "one", path, widget)
        widget.changeMetadata { $0["annotations"] = nil }
        let answer = apply(&cluster, "one", path, widget)
        let object = try JSONReader.read(answer.bytes).value
        #expect(answer.status == 200)
        #expect(object.metadataText("uid").isEmpty == false)
        #expect(object["metadata"]?["annotations"] == nil)
    }

    @Test("what two managers apply stays until both let go")
    func shared() throws {
        var cluster = cluster()
        _ = apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1"]))
        #expect(apply(&cluster, "two", Self.maps + "/m", Self.map(["a": "1"])).status == 200)
        _ = apply(&cluster, "one", Self.maps + "/m", Self.map([:]))
        #expect(try cluster.document("GET", Self.maps + "/m")["data"] == ["a": "1"])
        _ = apply(&cluster, "two", Self.maps + "/m", Self.map([:]))
        #expect(try cluster.document("GET", Self.maps + "/m")["data"]?["a"] == nil)
    }

    @Test("another's value is a conflict, and force takes it over")
    func conflict() throws {
        var cluster = cluster()
        _ = apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1", "b": "1"]))
        let refused = apply(&cluster, "two", Self.maps + "/m", Self.map(["a": "2", "b": "2"]))
        #expect(refused.status == 409)
        #expect(
            try JSONReader.read(refused.bytes).value["message"]
                == "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.a\n- .data.b")
        #expect(apply(&cluster, "two", Self.maps + "/m", Self.map(["a": "2"]), force: true).status == 200)
        let object = try cluster.document("GET", Self.maps + "/m")
        #expect(object["data"] == ["a": "2", "b": "1"])
        #expect(
            try managers(object) == [
                "one/Apply": ["f:data": ["f:b": [:]]], "two/Apply": ["f:data": ["f:a": [:]]],
            ])
    }

    @Test("an update takes over what it changes, and a removed field has no owner left")
    func update() throws {
        var cluster = cluster()
        _ = apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1", "b": "1", "c": "1"]))
        cluster.ask(
            "PATCH", Self.maps + "/m", ["data": ["a": "9", "b": nil]], type: "application/merge-patch+json",
            agent: "kubectl-edit/v1.32")
        #expect(
            try managers(cluster.document("GET", Self.maps + "/m")) == [
                "one/Apply": ["f:data": ["f:c": [:]]], "kubectl-edit/Update": ["f:data": ["f:a": [:]]],
            ])
    }

    @Test("a write without effect changes neither revision nor times")
    func noEffect() throws {
        var cluster = cluster()
        let first = apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1"]))
        cluster.at("05:00:00")
        let again = apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1"]))
        #expect(try JSONReader.read(first.bytes).value == (try JSONReader.read(again.bytes).value))
        let revision = cluster.cluster.store.revision
        cluster.ask("PATCH", Self.maps + "/m", ["data": ["a": "1"]], type: "application/merge-patch+json")
        #expect(cluster.cluster.store.revision == revision)
    }

    @Test("elements of a keyed list belong to those who apply them, also where a key has its default")
    func keyedList() throws {
        var cluster = cluster()
        func service(_ ports: [JSONValue]) -> JSONValue {
            ["apiVersion": "v1", "kind": "Service", "metadata": ["name": "s"], "spec": ["ports": .array(ports)]]
        }
        _ = apply(&cluster, "one", Self.services + "/s", service([["port": 80, "name": "a"]]))
        _ = apply(&cluster, "two", Self.services + "/s", service([["port": 81, "protocol": "UDP", "name": "b"]]))
        var object = try cluster.document("GET", Self.services + "/s")
        #expect(object["spec"]?["ports"]?.arrayValue?.compactMap { $0["port"]?.intValue } == [80, 81])
        #expect(
            try managers(object)["one/Apply"] == [
                "f:spec": [
                    "f:ports": ["k:{\"port\":80,\"protocol\":\"TCP\"}": [".": [:], "f:name": [:], "f:port": [:]]]
                ]
            ])
        _ = apply(&cluster, "one", Self.services + "/s", service([]))
        object = try cluster.document("GET", Self.services + "/s")
        #expect(object["spec"]?["ports"]?.arrayValue?.compactMap { $0["port"]?.intValue } == [81])
    }

    @Test("fields of a structure that nobody applies any more go, defaults stay")
    func defaultsStay() throws {
        var cluster = cluster()
        let body: JSONValue = [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": "s"],
            "spec": ["type": "LoadBalancer", "externalIPs": ["192.0.2.1"], "ports": [["port": 80]]],
        ]
        _ = apply(&cluster, "one", Self.services + "/s", body)
        let before = try #require(try cluster.document("GET", Self.services + "/s")["spec"])
        var less = body
        less["spec"] = ["type": "LoadBalancer", "ports": [["port": 80]]]
        _ = apply(&cluster, "one", Self.services + "/s", less)
        let spec = try #require(try cluster.document("GET", Self.services + "/s")["spec"])
        #expect(before["externalIPs"] != nil && spec["externalIPs"] == nil)
        #expect(spec["clusterIP"] == before["clusterIP"])
        #expect(spec["ports"] == before["ports"])
    }

    @Test("a custom resource without schema merges its maps and replaces its lists")
    func custom() throws {
        var cluster = cluster()
        let path = "/apis/lab.example/v1/namespaces/default/widgets/w"
        func widget(_ spec: JSONValue) -> JSONValue {
            ["apiVersion": "lab.example/v1", "kind": "Widget", "metadata": ["name": "w"], "spec": spec]
        }
        #expect(apply(&cluster, "one", path, widget(["a": ["x": 1], "l": [1, 2]])).status == 201)
        #expect(apply(&cluster, "two", path, widget(["a": ["y": 2]])).status == 200)
        let object = try cluster.document("GET", path)
        #expect(object["spec"] == ["a": ["x": 1, "y": 2], "l": [1, 2]])
        #expect(cluster.ask("PATCH", path, ["spec": [:]], type: "application/strategic-merge-patch+json").status == 415)
    }

    @Test(
        "configurations that cannot be applied are refused",
        arguments: [
            ([:], 400), (["apiVersion": "v2", "kind": "ConfigMap"], 400),
            (["apiVersion": "v1", "kind": "Secret"], 400),
            (["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "other"]], 400),
            (["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["managedFields": []]], 400),
            (["apiVersion": "v1", "kind": "ConfigMap", "bogus": 1], 500),
        ] as [(JSONValue, Int)])
    func refused(_ body: JSONValue, _ status: Int) {
        var cluster = cluster()
        #expect(apply(&cluster, "one", Self.maps + "/m", body).status == status)
    }

    @Test("an object that was written before anybody was recorded belongs to before-first-apply")
    func beforeFirstApply() throws {
        var cluster = cluster()
        let key = ObjectKey(storage: TestCluster.configMaps, namespace: "default", name: "m")
        _ = cluster.cluster.store.put(key, Self.map(["a": "1"]))
        _ = apply(&cluster, "one", Self.maps + "/m", Self.map(["b": "2"]))
        #expect(
            try managers(cluster.document("GET", Self.maps + "/m")).keys.sorted()
                == ["before-first-apply/Update", "one/Apply"])
    }

    @Test("a client may hand over ownership by writing managed fields, and reset it with an empty entry")
    func handedOver() throws {
        var cluster = cluster()
        _ = apply(&cluster, "one", Self.maps + "/m", Self.map(["a": "1"]))
        cluster.ask(
            "PATCH", Self.maps + "/m", [["op": "replace", "path": "/metadata/managedFields", "value": [[:]]]],
            type: "application/json-patch+json")
        #expect(try cluster.document("GET", Self.maps + "/m")["metadata"]?["managedFields"] == nil)
    }
}
