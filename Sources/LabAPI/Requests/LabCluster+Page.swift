import KubernetesObjects

extension LabCluster {
    /// The part of a list that one answer has.
    struct Page {
        var objects: [StoredObject]
        /// The list's `metadata`.
        var metadata: [String: JSONValue]
    }

    /// What revision a list is of, and where it starts.
    private struct Start {
        var objects: ArraySlice<StoredObject>
        var revision: Int64
        var limit: Int
        var isContinued: Bool
    }

    func page(_ call: Call, _ options: ListOptions, _ filter: ObjectFilter) throws(APIStatus) -> Page {
        let start = try start(call, options)
        var objects: [StoredObject] = []
        var metadata: [String: JSONValue] = ["resourceVersion": .string(String(start.revision))]
        for (index, object) in zip(start.objects.indices, start.objects) where filter.matches(object) {
            if start.limit > 0, objects.count == start.limit, let last = objects.last {
                // The page is full and something follows.
                let path = Self.path(of: last, in: call.target.namespace) + "\u{0}"
                let token = ContinueToken(revision: start.revision, start: start.isContinued ? path : "/" + path)
                metadata["continue"] = .string(token.text)
                if filter.selectsAll {
                    metadata["remainingItemCount"] = .int(Int64(start.objects.endIndex - index))
                }
                break
            }
            objects.append(object)
        }
        return Page(objects: objects, metadata: metadata)
    }

    private func start(_ call: Call, _ options: ListOptions) throws(APIStatus) -> Start {
        let asked = try options.revision()
        if !options.continueToken.isEmpty { return try continued(call, options) }
        if let asked, asked > store.revision { throw tooLarge(asked) }
        let namespace = call.target.namespace
        // A limit with a revision and no match has always meant exactly that revision.
        let isExact = options.match == .exact || (options.match == nil && options.limit > 0 && (asked ?? 0) > 0)
        guard isExact, let asked else {
            // The watch cache, which answers revision 0, knows no pages.
            return Start(
                objects: store.storedObjects(call.storage, namespace: namespace), revision: store.revision,
                limit: asked == 0 ? 0 : options.limit, isContinued: false)
        }
        guard let objects = store.storedObjects(call.storage, namespace: namespace, at: asked) else {
            throw APIStatus(
                code: 410, reason: "Expired", message: "The resourceVersion for the provided list is too old.")
        }
        return Start(objects: objects, revision: asked, limit: options.limit, isContinued: false)
    }

    private func continued(_ call: Call, _ options: ListOptions) throws(APIStatus) -> Start {
        if !options.resourceVersion.isEmpty, options.resourceVersion != "0" {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
        let token = try ContinueToken(parsing: options.continueToken)
        let namespace = call.target.namespace
        let revision = token.revision < 0 ? store.revision : token.revision
        if revision > store.revision { throw tooLarge(revision) }
        let objects =
            token.revision < 0
            ? store.storedObjects(call.storage, namespace: namespace)
            : store.storedObjects(call.storage, namespace: namespace, at: revision)
        guard let objects else { throw Self.expired(token) }
        let path = namespace.map { "\($0)/\(token.path)" } ?? token.path
        return Start(
            objects: objects[Bucket.lowerBound(objects, path)...], revision: revision, limit: options.limit,
            isContinued: true)
    }

    private static func path(of object: StoredObject, in namespace: String?) -> String {
        namespace == nil ? object.path : object.key.name
    }

    private static func expired(_ token: ContinueToken) -> APIStatus {
        APIStatus(
            code: 410, reason: "Expired",
            message:
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
            continueToken: ContinueToken(revision: -1, start: token.path).text)
    }

    private func tooLarge(_ revision: Int64) -> APIStatus {
        APIStatus(
            code: 504, reason: "Timeout",
            message: "Timeout: Too large resource version: \(revision), current: \(store.revision)",
            details: .init(
                causes: [.init(reason: "ResourceVersionTooLarge", message: "Too large resource version")], retryAfter: 1
            ))
    }
}
