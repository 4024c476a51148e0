import Foundation
import KubernetesObjects
import Testing

@testable import LabAPI

/// What the recorded server said of its kinds, held against what the lab's API says of those that it serves.
///
/// The lab serves some kinds of the recorded server and some subresources of those (it runs no kubelet to `exec` in), so
/// it offers fewer entries; the entries that it offers are the recorded ones.
@Suite struct DiscoveryTests {
    private func answers(_ name: String) throws -> (given: JSONValue, recorded: JSONValue) {
        var cluster = TestCluster()
        cluster.addNamespace()
        let golden = try Golden(name)
        let (answer, text) = cluster.answer(golden.request)
        #expect(answer.status == golden.status)
        for (name, value) in golden.headers where name == "content-type" || name == "vary" {
            #expect(answer.headers.first { $0.name == name }?.value == value, "header \(name)")
        }
        return (try JSONReader.read(Array(text.utf8)).value, try JSONReader.read(Array(golden.body.utf8)).value)
    }

    /// The elements of an array by the text under `key`.
    private func byName(_ list: JSONValue?, _ key: String) -> [String: JSONValue] {
        (list?.arrayValue ?? []).reduce(into: [:]) { result, entry in
            if let name = entry[key]?.stringValue { result[name] = entry }
        }
    }

    /// Each entry given stands in the recording as it is, in the recorded order.
    private func expectSubset(_ given: JSONValue?, of recorded: JSONValue?, by key: String) {
        let known = byName(recorded, key)
        let names = (given?.arrayValue ?? []).compactMap { $0[key]?.stringValue }
        let order = (recorded?.arrayValue ?? []).compactMap { $0[key]?.stringValue }
        #expect(names == order.filter(names.contains))
        for (name, entry) in byName(given, key) {
            #expect(known[name] == entry, "\(name)")
        }
    }

    @Test("the core group's kinds and their subresources are listed as recorded")
    func listed() throws {
        let (given, recorded) = try answers("discovery-v1")
        #expect(given["kind"] == recorded["kind"])
        #expect(given["groupVersion"] == recorded["groupVersion"])
        #expect((given["resources"]?.arrayValue ?? []).count >= 13)
        expectSubset(given["resources"], of: recorded["resources"], by: "name")
    }

    @Test("the core group's kinds and their subresources are aggregated as recorded")
    func aggregated() throws {
        let (given, recorded) = try answers("discovery-agg-api")
        for member in ["kind", "apiVersion", "metadata"] { #expect(given[member] == recorded[member]) }
        func version(_ document: JSONValue) throws -> JSONValue {
            let group = try #require(document["items"]?.arrayValue?.first)
            #expect(group["metadata"] == ["creationTimestamp": .null])
            let version = try #require(group["versions"]?.arrayValue?.first)
            #expect(version["version"] == "v1")
            #expect(version["freshness"] == "Current")
            return version
        }
        let key = "resource"
        let (offered, known) = (try version(given)["resources"], byName(try version(recorded)["resources"], key))
        #expect(byName(offered, key).count >= 9)
        for (name, entry) in byName(offered, key) {
            let recordedEntry = try #require(known[name], "\(name)")
            expectSubset(entry["subresources"], of: recordedEntry["subresources"], by: "subresource")
            // The rest of the entry, word for word.
            var (left, right) = (entry, recordedEntry)
            (left["subresources"], right["subresources"]) = (nil, nil)
            #expect(left == right, "\(name)")
        }
    }

    @Test("groups are described and ordered as recorded")
    func groups() throws {
        let (given, recorded) = try answers("discovery-apis")
        for member in ["kind", "apiVersion"] { #expect(given[member] == recorded[member]) }
        let known = byName(recorded["groups"], "name")
        let names = (given["groups"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        let order = (recorded["groups"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        #expect(names.filter(order.contains) == order.filter(names.contains))
        for (name, entry) in byName(given["groups"], "name") {
            // The test cluster has a custom group of its own, and the beta slices of an older server beside the stable
            // ones.
            guard name != "lab.example", name != "discovery.k8s.io" else { continue }
            #expect(known[name] == entry, "\(name)")
        }
    }

    @Test("OpenAPI's root names the documents under the recorded paths")
    func openAPIRoot() throws {
        let (given, recorded) = try answers("openapi-v3-root")
        let paths = try #require(given["paths"]?.objectValue)
        #expect(paths.count >= 10)
        for (path, entry) in paths where path != "apis/lab.example/v1" && path != "apis/discovery.k8s.io/v1beta1" {
            let known = try #require(recorded["paths"]?[path]?["serverRelativeURL"]?.stringValue, "\(path)")
            let offered = try #require(entry["serverRelativeURL"]?.stringValue)
            #expect(offered.prefix { $0 != "?" } == known.prefix { $0 != "?" })
            #expect(offered.contains("?hash="))
        }
    }

    @Test(
        "OpenAPI says of each kind that it can be patched with field validation, as recorded",
        arguments: ["api_v1", "apis_apps_v1", "apis_apiextensions.k8s.io_v1", "apis_lab.example_v1"])
    func openAPI(_ name: String) throws {
        let url = try #require(
            Bundle.module.url(forResource: "Resources/golden/min-openapi_v3_\(name)", withExtension: "json"))
        let recorded = try JSONReader.read(Array(Data(contentsOf: url))).value
        var cluster = TestCluster()
        cluster.ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Self.pools)
        let path = "/openapi/v3/" + name.replacing("_", with: "/")
        let document = try cluster.document("GET", path)
        let given = try #require(document["paths"]?.objectValue)
        #expect(!given.isEmpty)
        // The test cluster's own kind shares the group of the recorded one.
        for (path, entry) in given where !path.contains("/widgets/") {
            #expect(recorded["paths"]?[path] == entry, "\(path)")
        }
        #expect(given.keys.contains { !$0.contains("/widgets/") })
    }

    private static let pools: JSONValue = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "ipaddresspools.lab.example"],
        "spec": [
            "group": "lab.example", "scope": "Namespaced",
            "names": [
                "kind": "IPAddressPool", "listKind": "IPAddressPoolList", "plural": "ipaddresspools",
                "singular": "ipaddresspool",
            ],
            "versions": [
                ["name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": ["type": "object"]]]
            ],
        ],
    ]

    @Test("readiness is told as recorded, check by check")
    func readiness() throws {
        var cluster = TestCluster()
        let golden = try Golden("readyz-verbose")
        let (answer, text) = cluster.answer(golden.request)
        #expect(answer.status == golden.status)
        for (name, value) in golden.headers {
            #expect(answer.headers.first { $0.name == name }?.value == value, "header \(name)")
        }
        let recorded = Set(golden.body.split(separator: "\n"))
        let lines = text.split(separator: "\n")
        #expect(lines.last == "readyz check passed")
        #expect(lines.allSatisfy(recorded.contains))
    }
}
