import Foundation
import KubernetesObjects
import Testing

@testable import LabAPI

/// The recorded answers, given from a cluster that has been through what the recorded one had.
@Suite struct GoldenTests {
    /// Where the recording was when it asked.
    enum Stage: Int, Comparable {
        case listed, changed, ended

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    /// Config maps g1 to g5 and the two of every namespace, at the recorded revisions.
    private func recorded(_ stage: Stage) throws -> TestCluster {
        var cluster = TestCluster()
        cluster.addNamespace()
        cluster.fill(to: 212)
        for line in try Golden("watch-old-rv").body.split(separator: "\n").prefix(2) {
            let object = try #require(try JSONReader.read(Array(line.utf8)).value["object"])
            var body: JSONValue = ["metadata": [:], "data": object["data"] ?? [:]]
            body.changeMetadata {
                $0["name"] = object["metadata"]?["name"]
                $0["annotations"] = object["metadata"]?["annotations"]
            }
            cluster.ask("POST", Self.path, body, agent: "kube-controller-manager/v1.32")
        }
        cluster.at("04:17:45")
        cluster.fill(to: 227)
        for index in 1...5 {
            if index == 5 { cluster.fill(to: 233) }
            cluster.ask(
                "POST", Self.path,
                [
                    "metadata": ["name": .string("g\(index)"), "labels": ["g": "y"]],
                    "data": ["k": .string("\(index)")],
                ])
        }
        if stage == .listed { return cluster }
        cluster.at("04:17:48")
        let merge = "application/merge-patch+json"
        cluster.ask("PATCH", Self.path + "/g1", ["data": ["k": "x"]], type: merge)
        cluster.ask("PATCH", Self.path + "/g2", ["metadata": ["labels": nil]], type: merge)
        cluster.ask("DELETE", Self.path + "/g3")
        cluster.at("04:18:02")
        return cluster
    }

    private static let path = "/api/v1/namespaces/default/configmaps"

    @Test(
        "lists, pages and their refusals are the recorded ones",
        arguments: [
            ("list-limit", 234), ("list-continue", 234), ("list-rv0", 234), ("list-future", 234),
            ("list-bad-continue", 234), ("list-exact-old", 234), ("post-409", 234), ("get-404", 234), ("get-406", 234),
            ("post-415", 234), ("post-badjson", 234), ("post-ns-missing", 234), ("post-unknown-field", 234),
            ("put-conflict", 234), ("put-missing", 234), ("delete-precond", 234), ("version", 234),
            ("watch-bad-rv", 234),
        ])
    func answersWhileListing(_ name: String, _ revision: Int64) throws {
        var cluster = try recorded(.listed)
        #expect(cluster.cluster.store.revision == revision)
        let golden = try Golden(name)
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text)
    }

    @Test(
        "answers after changes are the recorded ones, at the recorded revision",
        arguments: [
            ("watch-no-rv", 244), ("watch-rv0", 244), ("watch-old-rv", 244), ("watch-selector-leave", 237),
            ("watch-initial-events", 244), ("watch-future-rv", 244), ("watch-table", 244), ("watch-gzip-no", 245),
            ("delete-obj", 248),
        ])
    func answersAfterChanges(_ name: String, _ revision: Int64) throws {
        var cluster = try recorded(.changed)
        cluster.fill(to: revision)
        let golden = try Golden(name)
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text)
    }

    @Test("a generated name, its metadata list and the deletion of a collection are the recorded ones")
    func generatesAndDeletes() throws {
        var cluster = try recorded(.changed)
        cluster.fill(to: 245)
        cluster.at("04:18:03")
        for (name, revision) in [
            ("post-generateName", 245), ("post-unknown-field-warn", 246), ("get-partial", 248), ("delete-obj", 248),
            ("delete-collection", 249),
        ] {
            cluster.fill(to: Int64(revision))
            let golden = try Golden(name)
            let (answer, text) = cluster.answer(golden.request)
            try golden.check(answer, text)
        }
    }

    @Test(
        "what a compaction forgot is gone in the recorded words",
        arguments: ["gone-watch", "gone-watch-rv1", "gone-list-exact"])
    func forgotten(_ name: String) throws {
        var cluster = try recorded(.changed)
        cluster.fill(to: 506)
        cluster.cluster.store.compact()
        let golden = try Golden(name)
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text)
    }

    @Test("a page that is too old goes on with the recorded token")
    func expiredPage() throws {
        var cluster = try recorded(.changed)
        cluster.fill(to: 506)
        cluster.cluster.store.compact()
        let golden = try Golden("gone-continue")
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text)
        let token = try #require(JSONReader.read(Array(text.utf8)).value["metadata"]?["continue"]?.stringValue)
        #expect(cluster.ask("GET", Self.path + "?limit=1&continue=\(token)").status == 200)
    }

    @Test("a continue token is encoded as recorded")
    func token() throws {
        let text = try Golden.text("continue-decoded").trimmingCharacters(in: .newlines)
        let token = try JSONReader.read(Array(text.utf8)).value
        let start = try #require(token["start"]?.stringValue)
        let made = ContinueToken(revision: 234, start: start)
        #expect(made.text == "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MjM0LCJzdGFydCI6Ii9nMlx1MDAwMCJ9")
        #expect(try ContinueToken(parsing: made.text) == made)
    }

    @Test("a Service's life is the recorded one: create, apply, conflict, patches, delete")
    func service() throws {
        var cluster = TestCluster()
        cluster.addNamespace()
        cluster.at("04:18:03")
        for name in [
            "svc-create", "svc-status-ssa", "svc-ssa-conflict", "svc-ssa-nomanager", "svc-jsonpatch", "svc-smp-ports",
            "svc-delete",
        ] {
            let golden = try Golden(name)
            let (answer, text) = cluster.answer(golden.request)
            try golden.check(answer, text, ignoringVersions: true)
        }
    }

    @Test("a Service's status is checked as recorded")
    func serviceStatus() throws {
        var cluster = TestCluster()
        cluster.addNamespace()
        cluster.answer(try Golden("svc-create").request)
        let golden = try Golden("svc-status-merge")
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text)
    }

    @Test(
        "discovery and refusals of a kind's own are the recorded ones",
        arguments: ["post-invalid", "discovery-slices", "discovery-api"])
    func kinds(_ name: String) throws {
        var cluster = TestCluster()
        cluster.addNamespace()
        cluster.cluster.serverAddress = "192.0.2.1:6443"
        let golden = try Golden(name)
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text)
    }

    @Test("the API's own Service is listed as a table as recorded")
    func table() throws {
        var cluster = TestCluster()
        cluster.addNamespace()
        cluster.at("04:17:43")
        let created = cluster.ask(
            "POST", "/api/v1/namespaces/default/services",
            [
                "metadata": ["name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"]],
                "spec": [
                    "clusterIP": "10.96.0.1", "sessionAffinity": "None", "type": "ClusterIP",
                    "internalTrafficPolicy": "Cluster", "ipFamilyPolicy": "SingleStack",
                    "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443]],
                ],
            ], agent: "kube-apiserver/v1.32.13")
        #expect(created.status == 201)
        cluster.at("04:18:03")
        let golden = try Golden("get-table")
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text, ignoringVersions: true)
    }

    @Test("leases and events are created as recorded", arguments: ["lease-create", "event-create"])
    func others(_ name: String) throws {
        var cluster = TestCluster()
        cluster.addNamespace()
        cluster.at("04:18:03")
        let golden = try Golden(name)
        let (answer, text) = cluster.answer(golden.request)
        try golden.check(answer, text, ignoringVersions: true)
    }

    @Test(
        "strangers and viewers are turned away in the recorded words",
        arguments: [("unauthorized", nil), ("forbidden", "viewer-token"), ("ssar-none", "viewer-token")])
    func access(_ name: String, _ token: String?) throws {
        var cluster = TestCluster(
            tokens: try TokenFile(
                parsing: "admin-token,admin,1,\"system:masters\"\nviewer-token,viewer,2,\"a, b\"\n"))
        cluster.addNamespace()
        cluster.at("04:18:03")
        let golden = try Golden(name)
        var request = golden.request
        request.headers["authorization"] = token.map { "Bearer \($0)" }
        let (answer, text) = cluster.answer(request)
        try golden.check(answer, text)
    }
}
