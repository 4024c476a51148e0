/// One kind that the API serves, as discovery describes it.
package struct APIResource: Sendable, Hashable {
    /// Which objects the kind has: one set a namespace, or one set a cluster.
    package enum Scope: String, Sendable, Hashable { case namespaced = "Namespaced", cluster = "Cluster" }

    /// A part of an object with its own path, such as `status` or `scale`.
    package struct Subresource: Sendable, Hashable {
        /// The last component of its path.
        package var name: String
        /// The kind that its answers have: the parent's for `status`, `autoscaling/v1 Scale` for `scale`.
        package var group: String
        package var version: String
        package var kind: String
        package var verbs: [String]

        package init(name: String, group: String, version: String, kind: String, verbs: [String]) {
            self.name = name
            self.group = group
            self.version = version
            self.kind = kind
            self.verbs = verbs
        }
    }

    /// Empty for the core group.
    package var group: String
    package var version: String
    package var kind: String
    /// The path component and the name in messages: `services`.
    package var plural: String
    package var singular: String
    package var shortNames: [String]
    package var categories: [String]
    package var scope: Scope
    package var verbs: [String]
    package var subresources: [Subresource]
    /// True for a kind that a CustomResourceDefinition brought.
    package var isCustom: Bool

    package init(
        group: String, version: String, kind: String, plural: String, singular: String, shortNames: [String] = [],
        categories: [String] = [], scope: Scope, verbs: [String], subresources: [Subresource] = [],
        isCustom: Bool = false
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.singular = singular
        self.shortNames = shortNames
        self.categories = categories
        self.scope = scope
        self.verbs = verbs
        self.subresources = subresources
        self.isCustom = isCustom
    }

    /// `v1` or `apps/v1`.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}
