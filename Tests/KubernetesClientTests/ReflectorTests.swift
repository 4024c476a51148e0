import Foundation
import KubernetesObjects
import Logging
import Testing

@testable import KubernetesClient

/// What a reflector told, one line an event.
struct Told: Sendable {
    let stream: AsyncStream<String>

    /// The next line, as soon as it is told.
    func next() async -> String? { await stream.first { _ in true } }
}

/// Follows config maps of the scripted server and hands what it tells to `body`, one line an event.
private func follow(
    _ script: [@Sendable (Received) -> Answer], limits: ClientLimits = .forTests, paging: ListPaging = .pages(of: 2),
    token: TokenSource = .none, resource: ServedResource = ServedResource(ResourcePath(plural: "configmaps")),
    watchesDefinition: Bool = false,
    _ body: @escaping @Sendable (ScriptedAPI, Told) async throws -> Void
) async throws {
    try await ScriptedAPI.run(script, limits: limits, token: token) { api, client in
        var policy = ReflectorPolicy(paging: paging)
        policy.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(5))
        policy.steadyAfter = .milliseconds(100)
        policy.watchesDefinition = watchesDefinition
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let reflector = Reflector<ConfigMap>(
            client: client, resource: resource, labelSelector: "a=b", policy: policy, logger: logger)
        let (told, intake) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await reflector.run { intake.yield(describe($0)) } }
            try await body(api, Told(stream: told))
            group.cancelAll()
        }
    }
}

private func describe(_ event: ReflectorEvent<ConfigMap>) -> String {
    switch event {
    case .replaced(let objects, let unreadable, let version):
        let names = objects.map(\.metadata.name) + unreadable.map { "?\($0.key.name)" }
        return "replaced \(names.joined(separator: ",")) @\(version)"
    case .applied(let object): return "applied \(object.key)"
    case .deleted(let key): return "deleted \(key)"
    case .unreadable(let object): return "unreadable \(object)"
    case .connection(.connected): return "connected"
    case .connection(.offline(let error)): return "offline \(error.code)"
    case .connection(.absent): return "absent"
    }
}

private func item(_ name: String, _ version: String = "1") -> String {
    #"{"metadata":{"name":"\#(name)","namespace":"n","resourceVersion":"\#(version)"}}"#
}

private func list(_ names: [String], version: String, token: String? = nil) -> Answer {
    let more = token.map { #","continue":"\#($0)""# } ?? ""
    let items = names.map { item($0) }.joined(separator: ",")
    return .json(
        200,
        #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)"\#(more)},"items":[\#(items)]}"#
    )
}

private func line(_ type: String, _ object: String) -> String { #"{"type":"\#(type)","object":\#(object)}"# + "\n" }

private let path = "/api/v1/configmaps"
private let shops = ServedResource(group: "example.com", versions: ["v1"], plural: "shops")
private let watching = "GET \(path) allowWatchBookmarks=true labelSelector=a=b"

@Suite("a reflector against a server", .timeLimit(.minutes(1)))
struct ReflectorTests {
    @Test("tells all pages as one list, then every change, with one shape for list and watch")
    func listAndWatch() async throws {
        try await follow([
            { _ in list(["a", "b"], version: "5", token: "t1") },
            { _ in list(["c"], version: "5") },
            { _ in
                .stream([
                    .send(line("ADDED", item("d", "6")) + line("MODIFIED", item("a", "7"))),
                    .send(line("DELETED", item("b", "8")) + line("BOOKMARK", item("", "9"))), .hang,
                ])
            },
        ]) { api, told in
            #expect(await told.next() == "replaced a,b,c @5")
            #expect(await told.next() == "connected")
            #expect(await told.next() == "applied n/d")
            #expect(await told.next() == "applied n/a")
            #expect(await told.next() == "deleted n/b")
            #expect(
                api.lines == [
                    "GET \(path) labelSelector=a=b limit=2", "GET \(path) continue=t1 labelSelector=a=b limit=2",
                    watching + " resourceVersion=5 watch=true",
                ])
            let headers = try #require(api.received.first?.headers)
            #expect(headers["user-agent"] == "toono-test")
            #expect(headers["accept"] == "application/json")
            let timeout = try #require(api.received.last?.query["timeoutSeconds"].flatMap { Int($0) })
            #expect((300...600).contains(timeout))
        }
    }

    @Test("a list that expires in the middle begins again")
    func expiredPage() async throws {
        let gone = try Golden.text("gone-continue")
        try await follow([
            { _ in list(["a", "b"], version: "5", token: "t1") },
            { _ in .json(410, gone) },
            { _ in list(["a", "x"], version: "9", token: "t2") },
            { _ in list(["y"], version: "9") },
        ]) { api, told in
            #expect(await told.next() == "replaced a,x,y @9")
            #expect(api.lines[2] == "GET \(path) labelSelector=a=b limit=2")
        }
    }

    @Test("an expired watch leads to a new list")
    func expiredWatch() async throws {
        let gone = try Golden.text("gone-watch")
        try await follow([
            { _ in list(["a"], version: "5") }, { _ in .stream([.send(gone)]) }, { _ in list(["b"], version: "9") },
        ]) { api, told in
            #expect(await told.next() == "replaced a @5")
            #expect(await told.next() == "connected")
            #expect(await told.next() == "replaced b @9")
        }
    }

    @Test("a connection that breaks in the middle of a line loses nothing")
    func brokenLine() async throws {
        let whole = line("ADDED", item("b", "6"))
        try await follow([
            { _ in list(["a"], version: "5") },
            { _ in .stream([.send(line("ADDED", item("c", "6")) + String(whole.prefix(20))), .drop]) },
            { _ in .stream([.send(line("ADDED", item("b", "7"))), .hang]) },
        ]) { api, told in
            #expect(await told.next() == "replaced a @5")
            #expect(await told.next() == "connected")
            #expect(await told.next() == "applied n/c")
            #expect(await told.next() == "applied n/b")
            #expect(api.lines.last == watching + " resourceVersion=6 watch=true")
        }
    }

    @Test("silence opens the watch again where it was, without a list")
    func silence() async throws {
        try await follow([
            { _ in list(["a"], version: "5") },
            { _ in .stream([.send(line("BOOKMARK", item("", "8"))), .hang]) },
            { _ in .stream([.send(line("ADDED", item("b", "9"))), .hang]) },
        ]) { api, told in
            #expect(await told.next() == "replaced a @5")
            #expect(await told.next() == "connected")
            #expect(await told.next() == "applied n/b")
            #expect(api.lines.last == watching + " resourceVersion=8 watch=true")
        }
    }

    @Test("a refused token is read again with the next request")
    func tokenReplaced() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "toono-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "token")
        try Data("stand-in\n".utf8).write(to: file)
        let refused = try Golden.text("unauthorized")
        try await follow(
            [
                { _ in
                    try? Data("real\n".utf8).write(to: file)
                    return .json(401, refused)
                }, { _ in list(["a"], version: "5") },
            ], token: .file(path: file.path(percentEncoded: false))
        ) { api, told in
            #expect(await told.next() == "offline unauthorized")
            #expect(await told.next() == "replaced a @5")
            #expect(await told.next() == "connected")
            #expect(api.received.prefix(2).map { $0.headers["authorization"] } == ["Bearer stand-in", "Bearer real"])
        }
    }

    @Test("a server that is busy is asked again after the time it names")
    func busy() async throws {
        try await follow([
            { _ in .json(429, "slow down", headers: ["Retry-After": "1"]) }, { _ in list(["a"], version: "5") },
        ]) { api, told in
            let start = ContinuousClock.now
            #expect(await told.next() == "offline tooManyRequests")
            #expect(await told.next() == "replaced a @5")
            #expect(ContinuousClock.now - start >= .milliseconds(990))
        }
    }

    @Test("a line beyond the limit leads to a list instead of growth")
    func hugeLine() async throws {
        var limits = ClientLimits.forTests
        limits.maximumObject = 10_000
        let huge = String(repeating: "x", count: 6_000)
        try await follow(
            [
                { _ in list(["a"], version: "5") },
                { _ in .stream([.send("{\"type\":\"ADDED\",\"object\":\"" + huge), .send(huge), .hang]) },
                { _ in list(["b"], version: "9") },
            ], limits: limits
        ) { api, told in
            #expect(await told.next() == "replaced a @5")
            #expect(await told.next() == "connected")
            #expect(await told.next() == "offline badAnswer")
            #expect(await told.next() == "replaced b @9")
            #expect(await told.next() == "connected")
        }
    }

    @Test("a server that accepts and does not answer is given up and asked again")
    func slowServer() async throws {
        var limits = ClientLimits.forTests
        limits.connectTimeout = .milliseconds(200)
        limits.answerTimeout = .milliseconds(300)
        try await follow([{ _ in .silence }, { _ in list(["a"], version: "5") }], limits: limits) { api, told in
            #expect(await told.next() == "offline timeout")
            #expect(await told.next() == "replaced a @5")
        }
    }

    @Test(
        "what is no whole list replaces nothing",
        arguments: [
            Answer.json(404, ""), .json(502, "<html>bad gateway</html>"), .json(200, ""), .json(200, "{}"),
            .stream([.send(#"{"kind":"ConfigMapList","metadata":{"resourceVersion":"6"},"items":["#), .drop]),
            .json(200, #"{"kind":"ConfigMapList","metadata":{"resourceVersion":""},"items":[]}"#),
        ])
    func noList(answer: Answer) async throws {
        let gone = try Golden.text("gone-watch")
        try await follow([
            { _ in list(["a"], version: "5") }, { _ in .stream([.send(gone)]) }, { _ in answer },
            { _ in list(["b"], version: "9") },
        ]) { api, told in
            #expect(await told.next() == "replaced a @5")
            #expect(await told.next() == "connected")
            let state = try #require(await told.next())
            #expect(state == "absent" || state.hasPrefix("offline"))
            #expect(await told.next() == "replaced b @9")
        }
    }

    @Test("an object that does not decode is named, in a list and in a watch, and the others go on")
    func unreadable() async throws {
        let bad = #"{"metadata":{"name":"bad","namespace":"n","resourceVersion":"7"},"data":{"k":[]}}"#
        try await follow([
            { _ in
                .json(
                    200,
                    #"{"kind":"ConfigMapList","metadata":{"resourceVersion":"5"},"items":[\#(bad),\#(item("a"))]}"#)
            },
            { _ in
                .stream([
                    .send(line("MODIFIED", bad) + line("ADDED", item("b", "8")) + line("DELETED", bad)), .hang,
                ])
            },
        ]) { api, told in
            #expect(await told.next() == "replaced a,?bad @5")
            #expect(await told.next() == "connected")
            #expect(await told.next()?.hasPrefix("unreadable n/bad: data.k: ") == true)
            #expect(await told.next() == "applied n/b")
            #expect(await told.next() == "deleted n/bad")
        }
    }

    @Test("an old server's version of a kind is found, and the new one after an upgrade")
    func servedVersions() async throws {
        let old = #"{"kind":"APIGroup","name":"discovery.k8s.io","versions":[{"version":"v1beta1"}]}"#
        let new = #"{"kind":"APIGroup","name":"discovery.k8s.io","versions":[{"version":"v1"}]}"#
        try await follow(
            [
                { _ in .json(200, old) }, { _ in list(["a"], version: "5") }, { _ in .json(404, "") },
                { _ in .json(200, new) }, { _ in list(["b"], version: "9") },
            ], resource: .endpointSlices
        ) { api, told in
            #expect(await told.next() == "replaced a @5")
            #expect(await told.next() == "connected")
            #expect(await told.next() == "absent")
            #expect(await told.next() == "replaced b @9")
            #expect(
                api.received.prefix(5).map(\.path) == [
                    "/apis/discovery.k8s.io", "/apis/discovery.k8s.io/v1beta1/endpointslices",
                    "/apis/discovery.k8s.io/v1beta1/endpointslices", "/apis/discovery.k8s.io",
                    "/apis/discovery.k8s.io/v1/endpointslices",
                ])
        }
    }

    @Test("of a kind that is not served the definition is watched, until it is established")
    func definition() async throws {
        let definition = { (conditions: String) in
            #"{"metadata":{"name":"shops.example.com","resourceVersion":"6"},"status":{"conditions":[\#(conditions)]}}"#
        }
        let events =
            line("ADDED", definition(#"{"type":"NamesAccepted","status":"True"}"#))
            + line("MODIFIED", definition(#"{"type":"Established","status":"True"}"#))
        try await follow(
            [
                { _ in .json(404, "") }, { _ in list([], version: "5") }, { _ in .stream([.hang]) },
                { _ in .stream([.send(events), .hang]) }, { _ in list(["a"], version: "9") },
            ], resource: shops, watchesDefinition: true
        ) { api, told in
            #expect(await told.next() == "absent")
            #expect(await told.next() == "replaced a @9")
            let definitions = "GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions "
            let name = "fieldSelector=metadata.name=shops.example.com"
            let watch = definitions + "allowWatchBookmarks=true \(name) resourceVersion=5 watch=true"
            #expect(api.lines.prefix(4).dropFirst() == [definitions + name, watch, watch])
        }
    }

    @Test(
        "a kind is asked for again and again where its definition cannot be watched, or says nothing",
        arguments: [
            Answer.json(403, ""),
            .json(
                200,
                #"{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"shops.example.com"},"status":{"conditions":[{"type":"Established","status":"True"}]}}]}"#
            ),
        ])
    func noDefinition(answer: Answer) async throws {
        try await follow(
            [
                { _ in .json(404, "") }, { _ in answer }, { _ in .json(404, "") }, { _ in answer },
                { _ in list(["a"], version: "9") },
            ], resource: shops, watchesDefinition: true
        ) { api, told in
            #expect(await told.next() == "absent")
            #expect(await told.next() == "replaced a @9")
        }
    }

    @Test("where watches of a definition end at once the kind is asked for as before")
    func shortDefinitionWatch() async throws {
        try await follow(
            [
                { _ in .json(404, "") }, { _ in list([], version: "5") }, { _ in .stream([]) },
                { _ in list(["a"], version: "9") },
            ], resource: shops, watchesDefinition: true
        ) { api, told in
            #expect(await told.next() == "absent")
            #expect(await told.next() == "replaced a @9")
            #expect(api.lines.prefix(4).last?.hasPrefix("GET /apis/example.com/v1/shops") == true)
        }
    }

    @Test("a list in one answer asks for what the server has in memory")
    func whole() async throws {
        try await follow([{ _ in list(["a", "b", "c"], version: "5") }], paging: .whole) { api, told in
            #expect(await told.next() == "replaced a,b,c @5")
            #expect(api.lines.first == "GET \(path) labelSelector=a=b resourceVersion=0")
        }
    }

    @Test("many watches leave room for requests")
    func noStarvation() async throws {
        let answer: @Sendable (Received) -> Answer = {
            $0.query["watch"] == nil ? list(["a"], version: "5") : .stream([.hang])
        }
        let script = Array(repeating: answer, count: 40)
        var limits = ClientLimits.forTests
        limits.watchSilence = .seconds(60)
        try await ScriptedAPI.run(script, limits: limits) { api, client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (opened, intake) = AsyncStream.makeStream(of: Void.self)
                for _ in 0..<20 {
                    group.addTask {
                        var stream = WatchStream<ConfigMap>(
                            client: client, path: ResourcePath(plural: "configmaps"),
                            options: WatchOptions(resourceVersion: "5", timeout: .seconds(300)))
                        try await stream.open()
                        intake.yield()
                        _ = try? await stream.next()
                    }
                }
                var count = 0
                for await _ in opened {
                    count += 1
                    if count == 20 { break }
                }
                let page = try await client.list(ConfigMap.self, at: ResourcePath(plural: "configmaps"))
                #expect(page.objects.count == 1)
                group.cancelAll()
            }
        }
    }
}
