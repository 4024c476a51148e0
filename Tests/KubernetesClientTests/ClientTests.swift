import Foundation
import KubernetesObjects
import Logging
import NIOPosix
import Testing

@testable import KubernetesClient

private let services = ResourcePath(plural: "services")
private let web = ObjectKey(namespace: "default", name: "web")

private func service(version: String) -> String {
    #"{"kind":"Service","metadata":{"name":"web","namespace":"default","resourceVersion":"\#(version)"}}"#
}

@Suite("requests against a server", .timeLimit(.minutes(1)))
struct ClientTests {
    @Test("objects are read, created, patched and deleted where they live")
    func requests() async throws {
        try await ScriptedAPI.run([
            { _ in .json(200, service(version: "1")) }, { _ in .json(201, service(version: "2")) },
            { _ in .json(200, service(version: "3")) }, { _ in .json(200, service(version: "4")) },
            { _ in .json(200, "{}") }, { _ in .json(404, "{}") },
        ]) { api, client in
            let read = try await client.get(Service.self, at: services, web)
            #expect(read.metadata.resourceVersion == "1")
            try await client.create(read, at: services)
            try await client.patch(Service.self, at: services, web, .json, [["op": "remove", "path": "/x"]])
            try await client.patch(
                Service.self, at: services, web, subresource: "status", .apply(fieldManager: "toono"),
                ["kind": "Service"])
            try await client.delete(at: services, web)
            try await client.delete(at: services, web)
            let path = "/api/v1/namespaces/default/services"
            #expect(
                api.lines == [
                    "GET \(path)/web", "POST \(path)", "PATCH \(path)/web",
                    "PATCH \(path)/web/status fieldManager=toono force=true", "DELETE \(path)/web",
                    "DELETE \(path)/web",
                ])
            let received = api.received
            #expect(received[1].body.contains(#""apiVersion":"v1""#) && received[1].body.contains(#""kind":"Service""#))
            #expect(
                received.map { $0.headers["content-type"] } == [
                    nil, "application/json", "application/json-patch+json", "application/apply-patch+yaml", nil, nil,
                ])
        }
    }

    @Test("a status write that conflicts is made again from what the object is now")
    func statusConflict() async throws {
        let conflict = try Golden.text("put-conflict")
        try await ScriptedAPI.run([
            { _ in .json(409, conflict) }, { _ in .json(200, service(version: "7")) },
            { _ in .json(200, service(version: "8")) },
        ]) { api, client in
            var known = Service(metadata: ObjectMeta(name: "web", namespace: "default"), spec: .init())
            known.metadata.resourceVersion = "5"
            let written = try await client.patchStatus(Service.self, at: services, web, known: known) { current in
                ["seen": .string(current.metadata.resourceVersion)]
            }
            #expect(written?.metadata.resourceVersion == "8")
            let received = api.received
            #expect(received.map(\.method) == ["PATCH", "GET", "PATCH"])
            #expect(received[0].body == #"{"metadata":{"resourceVersion":"5"},"status":{"seen":"5"}}"#)
            #expect(received[2].body == #"{"metadata":{"resourceVersion":"7"},"status":{"seen":"7"}}"#)
            #expect(received[2].headers["content-type"] == "application/merge-patch+json")
        }
    }

    @Test("a status that needs no change is not written, and one that always conflicts is given up")
    func statusEnds() async throws {
        let conflict = try Golden.text("put-conflict")
        try await ScriptedAPI.run([
            { _ in .json(200, service(version: "7")) }, { _ in .json(200, service(version: "7")) },
            { _ in .json(409, conflict) }, { _ in .json(200, service(version: "8")) }, { _ in .json(409, conflict) },
        ]) { api, client in
            let nothing = try await client.patchStatus(Service.self, at: services, web) { _ in nil }
            #expect(nothing == nil)
            let error = await #expect(throws: KubernetesError.self) {
                try await client.patchStatus(Service.self, at: services, web, attempts: 2) { _ in [:] }
            }
            #expect(error?.code == .conflict)
            #expect(api.received.count == 5)
        }
    }

    @Test("a status is written over what is there, and where nothing is the object is created first")
    func statusOfAnything() async throws {
        let missing = #"{"kind":"Status","reason":"NotFound","message":"not found","code":404}"#
        let written = #"{"status":{"seen":"1","other":2}}"#
        let object = Service(metadata: ObjectMeta(name: "web", namespace: "default"), spec: .init())
        try await ScriptedAPI.run([
            { _ in .json(200, written) }, { _ in .json(404, missing) },
            { _ in .json(201, service(version: "8")) }, { _ in .json(200, written) },
            { _ in .json(404, missing) }, { _ in .json(404, missing) },
        ]) { api, client in
            for _ in 0..<2 { try await client.writeStatus(of: object, at: services, ["seen": "1"]) }
            #expect(api.received.map(\.method) == ["PATCH", "PATCH", "POST", "PATCH"])
            #expect(api.received[3].body == #"{"status":{"seen":"1"}}"#)
            let error = await #expect(throws: KubernetesError.self) {
                try await client.writeStatus(of: object, at: services, ["seen": "1"])
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test("a status that the server says it wrote and did not is an error (a YurtHub without a cloud)")
    func statusWithoutEffect() async throws {
        let missing = #"{"kind":"Status","reason":"NotFound","message":"not found","code":404}"#
        let object = Service(metadata: ObjectMeta(name: "web", namespace: "default"), spec: .init())
        try await ScriptedAPI.run([
            { _ in .json(200, service(version: "7")) }, { _ in .json(200, #"{"status":{"seen":"0"}}"#) },
            { _ in .json(404, missing) }, { _ in .json(201, service(version: "8")) }, { _ in .json(404, missing) },
        ]) { _, client in
            for _ in 0..<3 {
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.writeStatus(of: object, at: services, ["seen": "1"])
                }
                #expect(error?.code == .badAnswer)
            }
        }
    }

    @Test("an answer that drips is given up, and one that is too long")
    func limits() async throws {
        var limits = ClientLimits.forTests
        limits.maximumAnswer = 1000
        limits.totalTimeout = .zero
        try await ScriptedAPI.run(
            [
                { _ in .json(200, String(repeating: "x", count: 2000)) }, { _ in .stream([.send("{"), .send("}")]) },
            ], limits: limits
        ) { api, client in
            let long = await #expect(throws: KubernetesError.self) {
                try await client.get(Service.self, at: services, web)
            }
            #expect(long?.code == .badAnswer)
            let slow = await #expect(throws: KubernetesError.self) {
                try await client.get(Service.self, at: services, web)
            }
            #expect(slow?.code == .timeout)
        }
    }

    /// A client of a port where nobody listens.
    private func request(token: TokenSource = .none) async throws -> KubernetesError? {
        let client = try KubernetesClient(
            configuration: ClientConfiguration(
                server: ServerAddress(scheme: .http, host: "127.0.0.1", port: 1), token: token),
            userAgent: "toono-test", eventLoopGroup: .singletonMultiThreadedEventLoopGroup,
            logger: Logger(label: "test"))
        let error = await #expect(throws: KubernetesError.self) {
            try await client.get(Service.self, at: services, web)
        }
        await client.shutdown()
        return error
    }

    @Test("a server that is not there is unreachable at once, with the reason")
    func unreachable() async throws {
        let error = try await request()
        #expect(error?.code == .unreachable)
        #expect(error?.message.lowercased().contains("refused") == true, "\(error?.message ?? "")")
    }

    @Test("a token file that is missing or empty is an authorization to be tried again")
    func tokenFile() async throws {
        let folder = try TemporaryFolder()
        try folder.write("empty", " \n")
        try folder.write("odd", "a\u{e9}b")
        for name in ["missing", "empty", "odd"] {
            let path = folder.path + "/" + name
            let error = try await request(token: .file(path: path))
            #expect(error?.code == .unauthorized)
            #expect(error?.message.contains(path) == true)
            #expect(error?.isTransient == true)
        }
    }

    @Test("events are created once, then counted up, and created again when the server forgot them")
    func events() async throws {
        let created = try Golden.text("event-create")
        try await ScriptedAPI.run([
            { _ in .json(503, "{}") }, { _ in .json(201, created) }, { _ in .json(200, "{}") },
            { _ in .json(404, "{}") },
            { _ in .json(201, created) },
        ]) { api, client in
            let recorder = EventRecorder(
                client: client, component: "toono-test", host: "n1",
                backoff: Backoff(base: .milliseconds(1), cap: .milliseconds(2)), logger: Logger(label: "test"))
            let reference = ObjectReference(apiVersion: "v1", kind: "Node", namespace: "", name: "n1", uid: "u")
            for _ in 0..<3 { recorder.emit(.warning, reason: "Why", message: "text", regarding: reference) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await recorder.run() }
                await api.waitForRequests(5)
                group.cancelAll()
            }
            let received = api.received
            let path = "/api/v1/namespaces/default/events"
            #expect(received.map(\.method) == ["POST", "POST", "PATCH", "PATCH", "POST"])
            #expect(received.map(\.path).allSatisfy { $0.hasPrefix(path) })
            #expect(received[2].path.hasPrefix(path + "/n1."))
            #expect(received[2].body.hasPrefix(#"{"count":2,"lastTimestamp":"#))
            #expect(received[3].body.hasPrefix(#"{"count":3,"lastTimestamp":"#))
            for part in [
                #""type":"Warning""#, #""reason":"Why""#, #""component":"toono-test""#, #""host":"n1""#, #""count":1"#,
                #""kind":"Node""#,
            ] { #expect(received[1].body.contains(part)) }
        }
    }
}
