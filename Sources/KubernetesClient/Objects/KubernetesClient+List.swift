package import KubernetesObjects
import NIOCore

extension KubernetesClient {
    /// One page of a list, or all of it.
    ///
    /// - Throws: `gone` if the continue token or the version is forgotten; `badAnswer` for anything that is not a whole
    ///   list, so that an empty or broken answer is never mistaken for the absence of objects.
    @concurrent
    package func list<Object: KubernetesObject>(
        _ type: Object.Type, at path: ResourcePath, _ options: ListOptions = ListOptions()
    ) async throws(KubernetesError) -> ListPage<Object> {
        let response = try await open(APIRequest(path: path.path, query: options.query), on: .requests)
        var page = ListPage<Object>()
        var splitter = ListSplitter(maximumItem: limits.maximumObject)
        let maximum = options.limit == nil ? limits.maximumWholeList : limits.maximumPage
        try await read(response, maximum: maximum, within: limits.listTimeout) { (chunk) throws(KubernetesError) in
            let items: [ByteBuffer]
            do throws(ListSplitter.Failure) {
                items = try splitter.split(chunk)
            } catch {
                throw KubernetesError(.badAnswer, "the answer is no list: \(error)", cause: error)
            }
            for item in items { try page.append(item) }
        }
        try page.finish(splitter.envelope)
        return page
    }
}

extension ListPage {
    /// Takes in one element; one that does not decode goes to `unreadable`.
    /// - Throws: `badAnswer` if it is not even JSON, for then the rest of the answer cannot be trusted either.
    mutating func append(_ item: ByteBuffer) throws(KubernetesError) {
        do {
            switch try JSON.decode(ReadObject<Object>.self, from: item).result {
            case .success(let object): objects.append(object)
            case .failure(let failure): unreadable.append(failure.object)
            }
        } catch {
            throw KubernetesError(.badAnswer, "the list holds something that is not JSON", cause: error)
        }
    }

    /// Reads what surrounds the elements, and by that proves the list complete.
    mutating func finish(_ text: ByteBuffer) throws(KubernetesError) {
        let envelope: ListEnvelope
        do {
            envelope = try JSON.decode(ListEnvelope.self, from: text)
        } catch {
            throw KubernetesError(.badAnswer, "the list is incomplete or no JSON: \(JSON.problem(error))", cause: error)
        }
        guard envelope.kind.hasSuffix("List"), envelope.hasItems else {
            throw KubernetesError(.badAnswer, "expected a list, got \(envelope.kind)")
        }
        resourceVersion = envelope.metadata?.resourceVersion ?? ""
        if let token = envelope.metadata?.continue, !token.isEmpty { continueToken = token }
    }
}

extension ListOptions {
    /// The query, always in the same order.
    var query: [(name: String, value: String)] {
        var query = selectorQuery
        if let limit { query.append(("limit", String(limit))) }
        // A continue token carries its version; the server refuses both together.
        if let continueToken {
            query.append(("continue", continueToken))
        } else if let resourceVersion {
            query.append(("resourceVersion", resourceVersion))
        }
        return query
    }

    /// The selectors, which a list and its watch share.
    var selectorQuery: [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let labelSelector { query.append(("labelSelector", labelSelector)) }
        if let fieldSelector { query.append(("fieldSelector", fieldSelector)) }
        return query
    }
}
