package import KubernetesObjects
package import Logging

/// Follows the endpoints of all Services in whatever form the server has them: as EndpointSlices, or as Endpoints where
/// slices are off, which is possible before Kubernetes 1.21. Both are told as slices.
package struct EndpointReflector: Sendable {
    private enum Sign: Sendable { case listed, absent }

    let client: KubernetesClient
    let policy: ReflectorPolicy
    let logger: Logger
    /// Where slices are off they are looked for again after this time.
    package var retry = Duration.seconds(300)

    package init(client: KubernetesClient, policy: ReflectorPolicy, logger: Logger) {
        self.client = client
        self.policy = policy
        self.logger = logger
    }

    /// Follows until the task is cancelled. A server that once listed slices has them: what it says later of their
    /// absence is an outage.
    @concurrent
    package func run(_ deliver: @escaping @Sendable (ReflectorEvent<EndpointSlice>) async -> Void) async {
        while !Task.isCancelled {
            await followSlices(deliver)
            if !Task.isCancelled { await followEndpoints(deliver) }
        }
    }

    /// Ends when the server has no slices.
    private func followSlices(_ deliver: @escaping @Sendable (ReflectorEvent<EndpointSlice>) async -> Void) async {
        let reflector = Reflector<EndpointSlice>(
            client: client, resource: .endpointSlices, policy: policy, logger: logger)
        // The first says it all.
        let (signs, tell) = AsyncStream.makeStream(of: Sign.self, bufferingPolicy: .bufferingOldest(1))
        await first(of: {
            await reflector.run { event in
                await deliver(event)
                switch event {
                case .replaced: tell.yield(.listed)
                case .connection(.absent): tell.yield(.absent)
                case .applied, .deleted, .unreadable, .connection: break
                }
            }
        }) {
            var signs = signs.makeAsyncIterator()
            if await signs.next() == .absent { return }
            while await signs.next() != nil {}
        }
    }

    /// Ends when it is time to look for slices again.
    private func followEndpoints(_ deliver: @escaping @Sendable (ReflectorEvent<EndpointSlice>) async -> Void) async {
        let reflector = Reflector<Endpoints>(
            client: client, path: ResourcePath(plural: "endpoints"), policy: policy, logger: logger)
        let retry = retry
        await first(of: {
            await reflector.run { event in await deliver(ReflectorEvent<EndpointSlice>(event)) }
        }) {
            // An error here means that the task was cancelled.
            try? await Task.sleep(for: retry)
        }
    }

    /// Runs both until one ends.
    private func first(of one: @escaping @Sendable () async -> Void, _ other: @escaping @Sendable () async -> Void)
        async
    {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await one() }
            group.addTask { await other() }
            await group.next()
            group.cancelAll()
        }
    }
}

extension ReflectorEvent<EndpointSlice> {
    /// What is told of Endpoints, told of slices.
    init(_ event: ReflectorEvent<Endpoints>) {
        self =
            switch event {
            case .replaced(let list, let unreadable, let version):
                .replaced(list.map { EndpointSlice($0) }, unreadable: unreadable, resourceVersion: version)
            case .applied(let endpoints): .applied(EndpointSlice(endpoints))
            case .deleted(let key): .deleted(key)
            case .unreadable(let object): .unreadable(object)
            case .connection(let state): .connection(state)
            }
    }
}
