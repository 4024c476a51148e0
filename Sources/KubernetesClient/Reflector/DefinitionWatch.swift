import KubernetesObjects

/// Waits until a custom resource is served that the server does not have: a watch in place of asking again and again.
struct DefinitionWatch {
    private static let path = ResourcePath(
        group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions")

    private let client: KubernetesClient
    /// By name, so that the right to see this one definition is enough.
    private let fieldSelector: String
    private let policy: ReflectorPolicy

    init(_ resource: ServedResource, client: KubernetesClient, policy: ReflectorPolicy) {
        self.client = client
        fieldSelector = "metadata.name=\(resource.plural).\(resource.group)"
        self.policy = policy
    }

    /// Returns once the definition is established.
    /// - Throws: when nothing can be learnt so: the right is missing, the server is away or ends watches at once, or it has
    ///   the definition and does not serve the kind all the same.
    func wait() async throws(KubernetesError) {
        let page = try await client.list(
            CustomResourceDefinition.self, at: Self.path, ListOptions(fieldSelector: fieldSelector))
        guard page.objects.allSatisfy({ !$0.isEstablished }) else {
            throw KubernetesError(.notFound, "the definition is there, and the kind is not served")
        }
        var version = page.resourceVersion
        while try await !isEstablished(since: &version) {}
    }

    /// One watch. A silent one is what a quiet server looks like, and is followed by the next.
    private func isEstablished(since version: inout String) async throws(KubernetesError) -> Bool {
        let begin = ContinuousClock.now
        var random = SystemRandomNumberGenerator()
        let options = WatchOptions(
            fieldSelector: fieldSelector, resourceVersion: version, timeout: policy.watchTimeout(using: &random))
        var stream = WatchStream<CustomResourceDefinition>(client: client, path: Self.path, options: options)
        try await stream.open()
        do throws(KubernetesError) {
            while let event = try await stream.next() {
                switch event {
                case .applied(let definition):
                    if definition.isEstablished { return true }
                    version = definition.metadata.resourceVersion
                case .unreadable(_, let seen), .deleted(_, let seen), .bookmark(let seen): version = seen
                case .failed(let error): throw error
                }
            }
        } catch {
            guard error.code == .timeout else { throw error }
        }
        guard .now - begin >= policy.steadyAfter else {
            throw KubernetesError(.unreachable, "the server ends the watch at once")
        }
        return false
    }
}
