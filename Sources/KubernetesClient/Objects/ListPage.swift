package import KubernetesObjects

/// What a list asks for. The selectors and the path make its shape; page and version do not.
package struct ListOptions: Sendable, Hashable {
    package var labelSelector: String?
    package var fieldSelector: String?
    /// Objects a page; nil for the whole list in one answer.
    package var limit: Int?
    /// From the page before.
    package var continueToken: String?
    /// Nil for the newest state, read through from etcd; "0" for whatever the server has in memory; any other for a
    /// state not older than that.
    package var resourceVersion: String?

    package init(
        labelSelector: String? = nil, fieldSelector: String? = nil, limit: Int? = nil, continueToken: String? = nil,
        resourceVersion: String? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continueToken = continueToken
        self.resourceVersion = resourceVersion
    }
}

/// One answer to a list.
package struct ListPage<Object: KubernetesObject>: Sendable {
    package var objects: [Object] = []
    /// Objects that are there but do not decode.
    package var unreadable: [UnreadableObject] = []
    /// The state of the API that the page shows.
    package var resourceVersion = ""
    /// For the next page; nil on the last.
    package var continueToken: String?

    package init() {}
}

/// What stands around the elements of a list.
struct ListEnvelope: Decodable {
    struct Metadata: Decodable {
        var resourceVersion: String?
        var `continue`: String?
    }

    var kind: String
    var metadata: Metadata?
    var hasItems: Bool

    private enum CodingKeys: String, CodingKey { case kind, metadata, items }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(String.self, forKey: .kind)
        metadata = try container.decodeIfPresent(Metadata.self, forKey: .metadata)
        hasItems = container.contains(.items)
    }
}
