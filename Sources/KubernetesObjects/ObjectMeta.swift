/// What every object carries about itself (`metav1.ObjectMeta`), as far as Toono looks at it. Maps and lists that the
/// server leaves out when they are empty read as empty.
package struct ObjectMeta: Sendable, Hashable, Codable {
    package var name: String
    /// Empty for an object of the cluster.
    package var namespace: String
    package var generateName: String?
    package var uid: String
    /// Opaque: compared for equality only, sent back to detect a conflict.
    package var resourceVersion: String
    package var generation: Int64?
    /// RFC 3339, UTC, whole seconds.
    package var creationTimestamp: String?
    /// Present from the request to delete until the last finalizer is gone.
    package var deletionTimestamp: String?
    package var labels: [String: String]
    package var annotations: [String: String]
    package var finalizers: [String]
    package var ownerReferences: [OwnerReference]

    package init(
        name: String, namespace: String = "", uid: String = "", labels: [String: String] = [:],
        annotations: [String: String] = [:], ownerReferences: [OwnerReference] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.uid = uid
        resourceVersion = ""
        self.labels = labels
        self.annotations = annotations
        finalizers = []
        self.ownerReferences = ownerReferences
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
        namespace = try container.decodeIfPresent(String.self, forKey: .namespace) ?? ""
        generateName = try container.decodeIfPresent(String.self, forKey: .generateName)
        uid = try container.decodeIfPresent(String.self, forKey: .uid) ?? ""
        resourceVersion = try container.decodeIfPresent(String.self, forKey: .resourceVersion) ?? ""
        generation = try container.decodeIfPresent(Int64.self, forKey: .generation)
        creationTimestamp = try container.decodeIfPresent(String.self, forKey: .creationTimestamp)
        deletionTimestamp = try container.decodeIfPresent(String.self, forKey: .deletionTimestamp)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations) ?? [:]
        finalizers = try container.decodeIfPresent([String].self, forKey: .finalizers) ?? []
        ownerReferences = try container.decodeIfPresent([OwnerReference].self, forKey: .ownerReferences) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeUnlessEmpty(name, forKey: .name)
        try container.encodeUnlessEmpty(namespace, forKey: .namespace)
        try container.encodeIfPresent(generateName, forKey: .generateName)
        try container.encodeUnlessEmpty(uid, forKey: .uid)
        try container.encodeUnlessEmpty(resourceVersion, forKey: .resourceVersion)
        try container.encodeIfPresent(generation, forKey: .generation)
        try container.encodeIfPresent(creationTimestamp, forKey: .creationTimestamp)
        try container.encodeIfPresent(deletionTimestamp, forKey: .deletionTimestamp)
        try container.encodeUnlessEmpty(labels, forKey: .labels)
        try container.encodeUnlessEmpty(annotations, forKey: .annotations)
        try container.encodeUnlessEmpty(finalizers, forKey: .finalizers)
        try container.encodeUnlessEmpty(ownerReferences, forKey: .ownerReferences)
    }

    private enum CodingKeys: String, CodingKey {
        case name, namespace, generateName, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp
        case labels, annotations, finalizers, ownerReferences
    }
}

/// Whose deletion takes an object along (`metav1.OwnerReference`).
package struct OwnerReference: Sendable, Hashable, Codable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var controller: Bool?
    package var blockOwnerDeletion: Bool?

    package init(apiVersion: String, kind: String, name: String, uid: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
    }
}

extension KeyedEncodingContainer {
    /// Leaves an empty value out, as the API server does.
    package mutating func encodeUnlessEmpty(_ value: some Encodable & Collection, forKey key: Key) throws {
        if !value.isEmpty { try encode(value, forKey: key) }
    }
}

extension ObjectMeta {
    /// True if the object has all of these labels.
    package func carries(_ wanted: [String: String]) -> Bool { wanted.allSatisfy { labels[$0.key] == $0.value } }
}
