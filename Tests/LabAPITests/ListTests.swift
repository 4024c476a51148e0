import KubernetesObjects
import Testing

@testable import LabAPI

@Suite struct ListTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private func cluster(_ names: [String], history: Int = 1000) -> TestCluster {
        var cluster = TestCluster(historyCapacity: history)
        cluster.addNamespace()
        for name in names { cluster.ask("POST", Self.maps, ["metadata": ["name": .string(name)]]) }
        return cluster
    }

    private func names(_ list: JSONValue) -> [String] {
        (list["items"]?.arrayValue ?? []).map { $0.metadataText("name") }
    }

    @Test("pages together are the list as it was when the first was asked for, whatever happens meanwhile")
    func consistentPages() throws {
        var cluster = cluster(["a", "b", "c", "d", "e"])
        var seen: [String] = []
        var token: String? = ""
        var counts: [Int64?] = []
        while let next = token {
            let page = try cluster.document("GET", Self.maps + "?limit=2&continue=\(next)")
            seen += names(page)
            counts.append(page["metadata"]?["remainingItemCount"]?.intValue)
            token = page["metadata"]?["continue"]?.stringValue
            cluster.ask("DELETE", Self.maps + "/d")
            cluster.ask("DELETE", Self.maps + "/c")
            cluster.ask("POST", Self.maps, ["metadata": ["name": "bb"]])
        }
        #expect(seen == ["a", "b", "c", "d", "e"])
        #expect(counts == [3, 1, nil])
    }

    @Test("a list at an exact revision is the list of then")
    func exact() throws {
        var cluster = cluster(["a", "b"])
        let revision = cluster.cluster.store.revision
        cluster.ask("DELETE", Self.maps + "/a")
        cluster.ask("PATCH", Self.maps + "/b", ["data": ["x": "1"]], type: "application/merge-patch+json")
        cluster.ask("POST", Self.maps, ["metadata": ["name": "c"]])
        let list = try cluster.document("GET", Self.maps + "?resourceVersion=\(revision)&resourceVersionMatch=Exact")
        #expect(names(list) == ["a", "b"])
        #expect(list["items"]?.arrayValue?.last?["data"] == nil)
        #expect(list["metadata"]?["resourceVersion"]?.stringValue == String(revision))
        #expect(names(try cluster.document("GET", Self.maps)) == ["b", "c"])
    }

    @Test("all namespaces are listed in the order of their paths, one by its own")
    func namespaces() throws {
        var cluster = cluster(["b"])
        cluster.addNamespace("de")
        cluster.addNamespace("default-2")
        cluster.ask("POST", "/api/v1/namespaces/de/configmaps", ["metadata": ["name": "z"]])
        cluster.ask("POST", "/api/v1/namespaces/default-2/configmaps", ["metadata": ["name": "a"]])
        // '-' comes before '/'.
        #expect(names(try cluster.document("GET", "/api/v1/configmaps")) == ["z", "a", "b"])
        #expect(names(try cluster.document("GET", "/api/v1/namespaces/de/configmaps")) == ["z"])
        #expect(
            names(try cluster.document("GET", "/api/v1/configmaps?fieldSelector=metadata.namespace%3Ddefault")) == ["b"]
        )
        let page = try cluster.document("GET", "/api/v1/configmaps?limit=1")
        let token = try #require(page["metadata"]?["continue"]?.stringValue)
        #expect(names(try cluster.document("GET", "/api/v1/configmaps?limit=5&continue=\(token)")) == ["a", "b"])
    }

    @Test(
        "label selectors select as Kubernetes' do",
        arguments: [
            ("a=1", ["x"]), ("a==1", ["x"]), ("a!=1", ["y", "z"]), ("a in (1,2)", ["x", "y"]),
            ("a notin (1)", ["y", "z"]), ("a", ["x", "y"]), ("!a", ["z"]), ("a,b", ["y"]), ("a>1", ["y"]),
            ("a<2", ["x"]), ("b=", ["y"]), ("a in (2), b", ["y"]), ("", ["x", "y", "z"]),
        ])
    func labels(_ selector: String, _ expected: [String]) throws {
        let query = try LabelQuery(parsing: selector)
        let objects: [(String, [String: String])] = [("x", ["a": "1"]), ("y", ["a": "2", "b": ""]), ("z", [:])]
        #expect(objects.filter { query.matches($0.1) }.map(\.0) == expected)
    }

    @Test(
        "label selectors that are none are refused",
        arguments: [
            "a=b=c", "a in", "a in (", "a in (1", ",a", "a,", "=b", "a b", "a in 1", "!", "a>x", "a/b/c=1", "-a=1",
            "a=-",
        ])
    func labelsRefused(_ selector: String) {
        #expect(throws: APIStatus.self) { try LabelQuery(parsing: selector) }
    }

    @Test("field selectors compare fields that the kind offers, and protect commas")
    func fields() throws {
        let supported: Set<String> = ["metadata.name", "a", "b"]
        #expect(try FieldQuery(parsing: "a=1,b!=2", supported: supported).matches(["a": "1", "b": "3"]))
        #expect(try !FieldQuery(parsing: "a==1,b!=2", supported: supported).matches(["a": "1", "b": "2"]))
        #expect(try FieldQuery(parsing: #"a=x\,y\=z"#, supported: supported).matches(["a": "x,y=z"]))
        #expect(try FieldQuery(parsing: "b=", supported: supported).matches([:]))
        #expect(throws: APIStatus.self) { try FieldQuery(parsing: "c=1", supported: supported) }
        #expect(throws: APIStatus.self) { try FieldQuery(parsing: "a", supported: supported) }
    }

    @Test(
        "options that exclude each other are refused",
        arguments: [
            ("resourceVersionMatch=Exact", 422), ("resourceVersionMatch=Exact&resourceVersion=0", 422),
            ("resourceVersionMatch=Frob&resourceVersion=1", 422), ("sendInitialEvents=true", 422),
            ("continue=abc&resourceVersion=5", 400), ("resourceVersion=x", 500),
        ])
    func options(_ query: String, _ status: Int) {
        var cluster = cluster(["a"])
        #expect(cluster.ask("GET", Self.maps + "?" + query).status == status)
    }

    @Test("kubectl's list of accepted forms gets a table, an old client its JSON, a protobuf client nothing")
    func forms() throws {
        var cluster = cluster(["a"])
        func kind(_ accept: String) throws -> JSONValue? {
            try JSONReader.read(cluster.ask("GET", Self.maps, headers: ["accept": accept]).bytes).value["kind"]
        }
        let kubectl =
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
        #expect(try kind(kubectl) == "Table")
        #expect(try kind("application/vnd.kubernetes.protobuf,application/json") == "ConfigMapList")
        #expect(try kind("application/json;as=Table;v=v9;g=meta.k8s.io, application/json") == "ConfigMapList")
        #expect(try kind("application/vnd.kubernetes.protobuf") == "Status")
    }
}
