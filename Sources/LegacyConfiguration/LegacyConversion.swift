import ClusterConfiguration
import KubernetesObjects
import PositionedYAML

/// Makes resources of a legacy configuration and remembers what each of them was made of.
struct LegacyConversion {
    let namespace: String
    var reader = LegacyReader()
    var resources = ConfigurationResources()
    private var origins: [Resource: Origin] = [:]

    init(namespace: String) { self.namespace = namespace }

    private struct Resource: Hashable {
        var kind: String
        var name: String
    }

    /// Where a resource comes from, so that a problem with it can be told where it was written.
    struct Origin {
        /// The path of the value that it was made of.
        var path: String
        /// Paths under `spec.` of the resource, and what they were made of, relative to `path`.
        var fields: [String: String] = [:]
    }

    mutating func convert(_ root: YAMLNode) {
        let known = ["peers", "bgp-communities", "address-pools", "bfd-profiles"]
        guard let fields = reader.fields(root, "", known: known) else { return }
        convertCommunities(fields)
        let profiles = convertBFDProfiles(fields)
        convertPeers(fields, profiles)
        convertPools(fields)
    }

    /// Checks the resources as those of a user are, and reports what is wrong where it stands in the text.
    mutating func check(_ root: YAMLNode) {
        let unreadable = Set(reader.problems.map(\.path))
        for problem in Configuration.resolve(resources).problems where unreadable.isEmpty || !problem.isTransient {
            // Neither a reference to what could not be read nor a value that could not be read is a second problem.
            let path = legacyPath(problem)
            if unreadable.contains(path) { continue }
            let value = problem.value.map { "\"\($0)\" " } ?? ""
            reader.note(root.position(ofPath: path), path, value + problem.message)
        }
    }

    private func legacyPath(_ problem: ConfigurationProblem) -> String {
        guard let origin = origins[Resource(kind: problem.kind, name: problem.object.name)] else { return "" }
        let field = problem.field.hasPrefix("spec.") ? String(problem.field.dropFirst(5)) : problem.field
        let candidates = origin.fields.filter { field.hasPrefix($0.key) }
        guard let (prefix, replacement) = candidates.max(by: { $0.key.count < $1.key.count }) else {
            return origin.path
        }
        // Inside of selectors the keys differ only in how they are written.
        let rest = field.dropFirst(prefix.count)
            .replacing("matchLabels", with: "match-labels").replacing("matchExpressions", with: "match-expressions")
        return "\(origin.path)\(replacement.hasPrefix("[") ? "" : ".")\(replacement)\(rest)"
    }

    /// The metadata of a resource of ours, with a note of what it is made of.
    mutating func metadata<Object: KubernetesObject>(
        _: Object.Type, name: String, legacyName: String? = nil, from origin: Origin
    ) -> ObjectMeta {
        origins[Resource(kind: Object.kind, name: name)] = origin
        var metadata = ObjectMeta(name: name, namespace: namespace, labels: LegacyConfiguration.labels)
        if let legacyName, legacyName != name {
            metadata.annotations[LegacyConfiguration.legacyNameAnnotation] = legacyName
        }
        return metadata
    }
}
