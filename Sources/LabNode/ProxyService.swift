package import KubernetesClient
import KubernetesObjects
package import Logging
import ServiceLifecycle

/// Follows Services, EndpointSlices and Nodes and writes `ProxyRules` into the kernel after each change.
package struct ProxyService: ServiceLifecycle.Service {
    package var node: String
    package var client: KubernetesClient
    package var logger: Logger

    package init(node: String, client: KubernetesClient, logger: Logger) {
        self.node = node
        self.client = client
        self.logger = logger
    }

    package func run() async throws {
        let state = ProxyState(node: node, logger: logger)
        let services = Reflector<KubernetesObjects.Service>(
            client: client, path: ResourcePath(plural: "services"), logger: logger)
        let slices = Reflector<EndpointSlice>(client: client, resource: .endpointSlices, logger: logger)
        let nodes = Reflector<Node>(client: client, path: ResourcePath(plural: "nodes"), logger: logger)
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await services.run { await state.handle($0) } }
                group.addTask { await slices.run { await state.handle($0) } }
                group.addTask { await nodes.run { await state.handle($0) } }
            }
        }
    }
}

/// The objects as they are now; writes the rules whenever they differ from those written last.
private actor ProxyState {
    private let node: String
    private let logger: Logger
    private var services: [ObjectKey: KubernetesObjects.Service]?
    private var slices: [ObjectKey: EndpointSlice]?
    private var nodes: [ObjectKey: Node]?
    private var written = ""

    init(node: String, logger: Logger) {
        self.node = node
        self.logger = logger
    }

    func handle(_ event: ReflectorEvent<KubernetesObjects.Service>) {
        event.apply(to: &services)
        write()
    }

    func handle(_ event: ReflectorEvent<EndpointSlice>) {
        event.apply(to: &slices)
        write()
    }

    func handle(_ event: ReflectorEvent<Node>) {
        event.apply(to: &nodes)
        write()
    }

    private func write() {
        guard let services, let slices, let nodes else { return }
        let text = ProxyRules(
            node: node, services: services.values, slices: slices.values, nodes: Array(nodes.values)
        ).text
        guard text != written else { return }
        do {
            try Nft.load(text)
            written = text
        } catch {
            logger.error("cannot write the rules", metadata: ["error": "\(error)"])
        }
    }
}
