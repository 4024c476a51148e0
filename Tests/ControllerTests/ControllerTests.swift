import Controller
import Foundation
import KubernetesClient
import KubernetesObjects
import Logging
import Synchronization
import Testing

@Suite("Controller against an API in memory")
struct ControllerTests {
    /// The fake server behind the protocol that the actor writes through.
    final class FakeAPI: ControllerAPI {
        let server = Mutex(FakeServer())
        let events = Mutex<[EventReport]>([])
        let written: AsyncStream<ObjectKey>
        private let intake: AsyncStream<ObjectKey>.Continuation

        init() { (written, intake) = AsyncStream.makeStream() }

        func write(_ write: ControllerWrite) async throws(KubernetesError) -> WriteAnswer {
            let answer = server.withLock { server in
                Result { () throws(KubernetesError) in try server.write(write) }
            }
            if case .serviceStatus(let key, _) = write, case .success = answer { intake.yield(key) }
            return try answer.get()
        }

        func service(_ key: ObjectKey) async throws(KubernetesError) -> Service {
            guard let service = server.withLock({ $0.services[key] }) else { throw KubernetesError(.notFound, "") }
            return service
        }

        func report(_ report: EventReport) { events.withLock { $0.append(report) } }
    }

    @Test("Services are served by several workers, through conflicts and failures", .timeLimit(.minutes(1)))
    func serves() async throws {
        let api = FakeAPI()
        let names = (0..<20).map { ObjectKey(namespace: "default", name: "s\($0)") }
        let pool = IPAddressPool(
            metadata: ObjectMeta(name: "default", namespace: "metallb-system"),
            spec: .init(addresses: ["10.0.0.1-10.0.0.20"]))
        let (services, pools) = api.server.withLock { server in
            for key in names {
                _ = server.put(
                    Service(
                        metadata: ObjectMeta(name: key.name, namespace: key.namespace),
                        spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"])))
            }
            server.failures[names[3]] = [KubernetesError(.conflict, ""), KubernetesError(.unreachable, "")]
            return (Array(server.services.values), [server.put(pool)])
        }
        let controller = Controller(
            settings: ControllerSettings(namespace: "metallb-system"), api: api, logger: Logger(label: "test"))
        await withTaskGroup { group in
            group.addTask { await controller.run() }
            await controller.receive(.pools(.replaced(pools, unreadable: [], resourceVersion: "1")))
            await controller.receive(.namespaces(.replaced([], unreadable: [], resourceVersion: "1")))
            await controller.receive(.configMaps(.replaced([], unreadable: [], resourceVersion: "1")))
            await controller.receive(.layer2Advertisements(.connection(.absent)))
            await controller.receive(.bgpAdvertisements(.connection(.absent)))
            await controller.receive(.bgpPeers(.connection(.absent)))
            await controller.receive(.bfdProfiles(.connection(.absent)))
            await controller.receive(.communities(.connection(.absent)))
            await controller.receive(.poolServices(.connection(.absent)))
            await controller.receive(.nodePools(.connection(.absent)))
            await controller.receive(.services(.replaced(services, unreadable: [], resourceVersion: "1")))
            var served: Set<ObjectKey> = []
            for await key in api.written where served.insert(key).inserted && served.count == names.count { break }
            group.cancelAll()
        }
        let addresses = api.server.withLock { server in
            names.compactMap { server.services[$0]?.status.loadBalancer?.ingress?.first?.ip }
        }
        #expect(Set(addresses).count == names.count)
        let snapshot = await controller.snapshot
        #expect(snapshot.allocated == names.count)
        #expect(snapshot.configuration == "Valid")
        #expect(snapshot.pools.first?.availableIPv4 == 0)
    }
}
