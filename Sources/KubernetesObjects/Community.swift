/// A `metallb.io/v1beta1` Community as it is written: names for BGP communities.
package struct Community: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "Community"

    package var metadata: ObjectMeta
    package var spec: Spec

    package init(metadata: ObjectMeta, spec: Spec = Spec()) {
        self.metadata = metadata
        self.spec = spec
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(Spec.self, forKey: .spec) ?? Spec()
    }

    private enum CodingKeys: String, CodingKey { case metadata, spec }

    /// The names.
    package struct Spec: Sendable, Hashable, Codable {
        package var communities: [Alias]?

        package init(communities: [Alias]? = nil) { self.communities = communities }
    }

    /// A name and what it stands for.
    package struct Alias: Sendable, Hashable, Codable {
        package var name: String?
        /// `64512:100` or `large:64512:1:2`
        package var value: String?

        package init(name: String?, value: String?) {
            self.name = name
            self.value = value
        }
    }
}
