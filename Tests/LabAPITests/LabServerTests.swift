import Hummingbird
import HummingbirdTesting
import KubernetesObjects
import Logging
import NIOCore
import Telemetry
import Testing

@testable import LabAPI
@testable import LabServer

@Suite struct LabServerTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private func host() -> LabHost {
        var cluster = TestCluster()
        cluster.addNamespace()
        return LabHost(cluster: cluster.cluster)
    }

    @Test("an open watch is woken by changes to its own kind, any number of them at once")
    func wakes() async throws {
        let host = host()
        let answer = await host.handle(APIRequest(method: "GET", target: Self.maps + "?watch=1"))
        guard case .watch(let watch) = answer.body else {
            Issue.record("no watch")
            return
        }
        let (id, wakes) = await host.open(watch)
        var iterator = wakes.makeAsyncIterator()
        await iterator.next()
        #expect(await host.poll(id).lines.bytes.isEmpty)
        for name in ["a", "b"] {
            let body = JSONWriter.bytes(["metadata": ["name": .string(name)]])
            _ = await host.handle(
                APIRequest(method: "POST", target: Self.maps, headers: ["content-type": "application/json"], body: body)
            )
        }
        await iterator.next()
        let lines = await host.poll(id).lines
        #expect(try TestCluster.summary(String(decoding: lines.bytes, as: UTF8.self)) == ["ADDED a", "ADDED b"])
        await host.close(id)
        #expect(await iterator.next() == nil)
        #expect(await host.watchCount == 0)
    }

    @Test("bodies in YAML are read with Kubernetes' idea of types")
    func yaml() throws {
        let text = "apiVersion: v1\nmetadata:\n  name: a\ndata: {k: 'on', n: 0x10, b: on, t: 1:30, e: }\n"
        let request = try YAMLBody.converted(
            APIRequest(
                method: "POST", target: "/", headers: ["content-type": "application/yaml; charset=utf-8"],
                body: Array(text.utf8)))
        #expect(
            try JSONReader.read(request.body).value["data"]
                == ["k": "on", "n": 16, "b": true, "t": "1:30", "e": nil])
    }

    @Test("YAML that is none is refused with its line", arguments: ["a: [", "a: 1\n---\nb: 2\n", ""])
    func badYAML(_ text: String) {
        let request = APIRequest(
            method: "PATCH", target: "/", headers: ["content-type": "application/apply-patch+yaml"],
            body: Array(text.utf8))
        #expect(throws: APIStatus.self) { try YAMLBody.converted(request) }
    }

    @Test("over HTTP: writes, reads, warnings, and a watch as a chunked stream that ends in time")
    func http() async throws {
        let server = LabServer(
            address: try HTTPAddress("127.0.0.1:0"), host: host(), logger: Logger(label: "test"))
        try await server.application.test(.live) { client in
            let created = try await client.execute(
                uri: Self.maps, method: .post, headers: [.contentType: "application/yaml"],
                body: ByteBuffer(string: "metadata: {name: a}\nbogus: 1\n"))
            #expect(created.status == .created)
            let warning = try #require(HTTPFields.Element.Name("warning"))
            #expect(created.headers[warning] == "299 - \"unknown field \\\"bogus\\\"\"")
            let head = try await client.execute(uri: Self.maps + "/a", method: .head)
            #expect(head.status == .ok && head.body.readableBytes == 0)
            #expect(try await client.execute(uri: Self.maps + "/a%2Fb", method: .get).status == .notFound)
            // The last one: a watch's end is its connection's.
            let watched = try await client.execute(uri: Self.maps + "?watch=1&timeoutSeconds=0", method: .get)
            #expect(try TestCluster.summary(String(buffer: watched.body)) == ["ADDED a"])
        }
    }
}
