/// What a path below `/api` or `/apis` names.
package struct RequestTarget: Sendable, Hashable {
    package var group: String
    package var version: String
    package var plural: String
    /// Nil for all namespaces, and for kinds of the cluster.
    package var namespace: String?
    package var name: String?
    package var subresource: String?

    /// `/api/VERSION/…` and `/apis/GROUP/VERSION/…`; nil for other paths and for discovery.
    package init?(path: String) {
        var parts = path.split(separator: "/").map(String.init)[...]
        switch parts.popFirst() {
        case "api": group = ""
        case "apis":
            guard let named = parts.popFirst() else { return nil }
            group = named
        default: return nil
        }
        guard let version = parts.popFirst(), let first = parts.popFirst() else { return nil }
        self.version = version
        // "namespaces/x" and its own subresources are the Namespace; deeper paths are what is in it.
        if first == "namespaces", parts.count >= 2,
            !(parts.count == 2 && Self.namespaceSubresources.contains(parts[parts.startIndex + 1]))
        {
            namespace = parts.popFirst()
            plural = parts.removeFirst()
        } else {
            plural = first
        }
        name = parts.popFirst()
        subresource = parts.popFirst()
        if !parts.isEmpty { return nil }
    }

    private static let namespaceSubresources: Set<String> = ["status", "finalize"]
}
