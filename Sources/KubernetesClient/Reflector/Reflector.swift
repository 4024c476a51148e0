package import KubernetesObjects
package import Logging

/// Follows the objects of one kind: tells all of them once, then every change, for as long as it runs, through every
/// outage (`ReflectorSession` decides how).
///
/// One reflector a kind: behind YurtHub a second list of the same kind by the same program is not cached.
package struct Reflector<Object: KubernetesObject>: Sendable {
    let client: KubernetesClient
    let resource: ServedResource
    let labelSelector: String?
    let fieldSelector: String?
    let policy: ReflectorPolicy
    let logger: Logger
    /// What is kept of each object of a list from the page on that it came in: a list of a large kind is whole only in
    /// this form. What a watch tells comes as it is.
    package var digest: @Sendable (Object) -> Object = { $0 }

    /// - Parameter resource: the kind, in the versions that `Object` can read.
    package init(
        client: KubernetesClient, resource: ServedResource, labelSelector: String? = nil, fieldSelector: String? = nil,
        policy: ReflectorPolicy = ReflectorPolicy(), logger: Logger
    ) {
        self.client = client
        self.resource = resource
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.policy = policy
        var logger = logger
        logger[metadataKey: "resource"] = "\(resource.plural)"
        self.logger = logger
    }

    /// A kind that is known in one version only.
    package init(
        client: KubernetesClient, path: ResourcePath, labelSelector: String? = nil, fieldSelector: String? = nil,
        policy: ReflectorPolicy = ReflectorPolicy(), logger: Logger
    ) {
        self.init(
            client: client, resource: ServedResource(path), labelSelector: labelSelector, fieldSelector: fieldSelector,
            policy: policy, logger: logger)
    }

    /// Follows until the task is cancelled. The next event waits for `deliver` to return, and so does the server in the
    /// end: nothing piles up.
    @concurrent
    package func run(_ deliver: @Sendable (ReflectorEvent<Object>) async -> Void) async {
        var run = Run(reflector: self)
        var random = SystemRandomNumberGenerator()
        var effects = run.session.handle(.started, at: .now, using: &random)
        while !Task.isCancelled {
            var next: ReflectorSessionEvent?
            for effect in effects {
                switch effect {
                case .list(let request): next = await run.list(request)
                case .watch(let request): next = await run.watch(request, deliver)
                case .dropPages: run.pages = ListPage()
                case .deliverPages(let version): await run.deliverPages(version, deliver)
                case .report(let state): await run.report(state, deliver)
                }
            }
            if next == nil, let deadline = run.session.nextDeadline {
                next = await run.wait(until: deadline)
            }
            guard let event = next else { return }
            effects = run.session.handle(event, at: .now, using: &random)
        }
    }
}
