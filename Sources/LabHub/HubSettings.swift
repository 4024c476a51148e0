/// What a YurtHub does, beyond what every one does.
package struct HubSettings: Sendable {
    /// Agents whose answers are kept on disk (`cache_agents` in ConfigMap kube-system/yurt-hub-cfg), in lower case.
    package var cachedComponents: Set<String> = []
    /// After a reconnection, how long each request is refused with 401: the token that a Pod got while offline is none.
    package var staleTokens = Duration.zero
    /// How long lists and watches of Services and EndpointSlices are refused with 429 after that: the multiplexer's
    /// memory is being filled.
    package var warming = Duration.zero
    /// How long lists are empty after that: the memory is taken for filled and is not.
    package var emptiness = Duration.zero

    package init() {}
}
