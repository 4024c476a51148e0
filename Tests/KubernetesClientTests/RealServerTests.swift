import Foundation
import Kubeconfig
import KubernetesClient
import KubernetesObjects
import Logging
import NIOPosix
import Testing

/// Where a real API server is to be found, for these tests alone.
private let kubeconfig = ProcessInfo.processInfo.environment["TOONO_TEST_KUBECONFIG"]

private let configMaps = ResourcePath(plural: "configmaps", namespace: "default")
private let services = ResourcePath(plural: "services", namespace: "default")

@Suite(
    "against a real API server", .enabled(if: kubeconfig != nil, "TOONO_TEST_KUBECONFIG names no kubeconfig"),
    .timeLimit(.minutes(1)))
struct RealServerTests {
    /// A client of the server, and a label that only this test's objects carry.
    private func connected(_ body: (KubernetesClient, String) async throws -> Void) async throws {
        let configuration = try Kubeconfig.load(path: try #require(kubeconfig))
        let client = try KubernetesClient(
            configuration: configuration, userAgent: "toono-test",
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup, logger: Logger(label: "test"))
        let label = "t\(UInt32.random(in: 0 ... .max))"
        let result: Result<Void, any Error>
        do { result = .success(try await body(client, label)) } catch { result = .failure(error) }
        await client.shutdown()
        try result.get()
    }

    private func configMap(_ name: String, _ label: String) -> ConfigMap {
        ConfigMap(
            metadata: ObjectMeta(name: "\(label)-\(name)", namespace: "default", labels: ["test": label]),
            data: ["k": "v"])
    }

    @Test("pages and changes arrive as they are made")
    func reflector() async throws {
        try await connected { client, label in
            for name in ["a", "b", "c", "d", "e"] { try await client.create(configMap(name, label), at: configMaps) }
            let reflector = Reflector<ConfigMap>(
                client: client, path: configMaps, labelSelector: "test=\(label)",
                policy: ReflectorPolicy(paging: .pages(of: 2)), logger: Logger(label: "test"))
            let (told, intake) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await reflector.run { event in
                        switch event {
                        case .replaced(let objects, _, _):
                            intake.yield("replaced " + objects.map { $0.metadata.name.suffix(1) }.joined())
                        case .applied(let object): intake.yield("applied \(object.metadata.name.suffix(1))")
                        case .deleted(let key): intake.yield("deleted \(key.name.suffix(1))")
                        case .unreadable(let object): intake.yield("unreadable \(object)")
                        case .connection(.connected): intake.yield("connected")
                        case .connection(let state): intake.yield("\(state)")
                        }
                    }
                }
                let seen = Told(stream: told)
                #expect(await seen.next() == "replaced abcde")
                #expect(await seen.next() == "connected")
                let key = configMap("a", label).key
                try await client.patch(ConfigMap.self, at: configMaps, key, .merge, ["data": ["k": "w"]])
                #expect(await seen.next() == "applied a")
                try await client.delete(at: configMaps, key)
                #expect(await seen.next() == "deleted a")
                try await client.create(configMap("f", label), at: configMaps)
                #expect(await seen.next() == "applied f")
                for name in ["b", "c", "d", "e", "f"] {
                    try await client.delete(at: configMaps, configMap(name, label).key)
                }
                group.cancelAll()
            }
        }
    }

    @Test("a forgotten or impossible continue token and version are told apart")
    func errors() async throws {
        try await connected { client, label in
            let bad = await #expect(throws: KubernetesError.self) {
                try await client.list(ConfigMap.self, at: configMaps, ListOptions(limit: 1, continueToken: "abc"))
            }
            #expect(bad?.code == .rejected(status: 400))
            let missing = await #expect(throws: KubernetesError.self) {
                try await client.get(ConfigMap.self, at: configMaps, configMap("none", label).key)
            }
            #expect(missing?.code == .notFound)
            try await client.create(configMap("x", label), at: configMaps)
            let twice = await #expect(throws: KubernetesError.self) {
                try await client.create(configMap("x", label), at: configMaps)
            }
            #expect(twice?.code == .alreadyExists)
            try await client.delete(at: configMaps, configMap("x", label).key)
            let unserved = await #expect(throws: KubernetesError.self) {
                try await client.list(ConfigMap.self, at: ResourcePath(group: "no.example", plural: "nothings"))
            }
            #expect(unserved?.code == .notFound)
        }
    }

    @Test("a status written from an old version is written again from the new one")
    func status() async throws {
        try await connected { client, label in
            var service = Service(
                metadata: ObjectMeta(name: label, namespace: "default"),
                spec: Service.Spec(type: "LoadBalancer", ports: [Service.Port(port: 80)]))
            service.spec.selector = ["a": "b"]
            let old = try await client.create(service, at: services)
            try await client.patch(
                Service.self, at: services, service.key, .merge, ["metadata": ["annotations": ["changed": "yes"]]])
            let written = try await client.patchStatus(Service.self, at: services, service.key, known: old) { current in
                [
                    "loadBalancer": [
                        "ingress": [
                            [
                                "ip": "192.0.2.7", "ipMode": "VIP",
                                "hostname": .string(current.metadata.annotations["changed"] ?? ""),
                            ]
                        ]
                    ]
                ]
            }
            #expect(written?.status.loadBalancer?.ingress?.first?.ip == "192.0.2.7")
            #expect(written?.status.loadBalancer?.ingress?.first?.hostname == "yes")
            try await client.delete(at: services, service.key)
        }
    }

    @Test("events are written and counted up")
    func events() async throws {
        try await connected { client, label in
            let reference = ObjectReference(
                apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: label, uid: label)
            let recorder = EventRecorder(client: client, component: "toono-test", logger: Logger(label: "test"))
            for _ in 0..<3 { recorder.emit(.normal, reason: "Tested", message: "seen", regarding: reference) }
            let watch = WatchOptions(
                fieldSelector: "involvedObject.uid=\(label)", resourceVersion: "0", timeout: .seconds(30))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await recorder.run() }
                var stream = WatchStream<CountedEvent>(
                    client: client, path: ResourcePath(plural: "events", namespace: "default"), options: watch)
                try await stream.open()
                var counts: [Int] = []
                while counts.last != 3, let event = try await stream.next() {
                    if case .applied(let seen) = event { counts.append(seen.count ?? 0) }
                }
                #expect(counts == Array(1...3).suffix(counts.count))
                group.cancelAll()
            }
        }
    }

    @Test("EndpointSlices are found in the version that the server serves")
    func slices() async throws {
        try await connected { client, _ in
            let path = await client.path(of: .endpointSlices)
            #expect(["v1", "v1beta1"].contains(path.version))
            let page = try await client.list(EndpointSlice.self, at: path, ListOptions(resourceVersion: "0"))
            #expect(page.unreadable.isEmpty)
            #expect(!page.resourceVersion.isEmpty)
        }
    }
}

/// What is looked at of an event.
private struct CountedEvent: KubernetesObject {
    static let apiVersion = "v1"
    static let kind = "Event"
    var metadata: ObjectMeta
    var count: Int?
}
