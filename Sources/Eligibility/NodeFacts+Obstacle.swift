import KubernetesObjects
import Reasons

extension NodeFacts {
    /// What keeps the node from announcing a Service that its advertisements admit it to, whatever way it announces.
    /// - Parameter lacksEndpoint: the Service wants traffic at nodes with an endpoint alone, and this one has none.
    func obstacle(under policy: Layer2Eligibility.Policy, lacksEndpoint: Bool) -> Layer2Eligibility.Refusal? {
        if isExcluded && !policy.ignoresExcludeLabel {
            return .init(.nodeExcluded, "node \"\(name)\" has the label \(Node.excludeLabel)")
        }
        if isNetworkUnavailable {
            return .init(.networkUnavailable, "node \"\(name)\" has the condition NetworkUnavailable")
        }
        if lacksEndpoint {
            return .init(
                .noLocalEndpoint,
                "externalTrafficPolicy is Local and node \"\(name)\" has no endpoint that can serve")
        }
        return nil
    }
}
