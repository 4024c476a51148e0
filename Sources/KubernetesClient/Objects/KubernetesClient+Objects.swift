import FoundationEssentials
package import KubernetesObjects
import NIOCore
import NIOHTTP1

/// How a patch is meant.
package enum PatchKind: Sendable, Hashable {
    /// RFC 7386: members replace, null removes, arrays are replaced whole.
    case merge
    /// RFC 6902: a list of operations.
    case json
    /// Server-side apply: the object as the manager wants it; fields of others that it claims are taken over.
    case apply(fieldManager: String)

    var contentType: String {
        switch self {
        case .merge: "application/merge-patch+json"
        case .json: "application/json-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    var query: [(name: String, value: String)] {
        switch self {
        case .merge, .json: []
        case .apply(let manager): [("fieldManager", manager), ("force", "true")]
        }
    }
}

extension KubernetesClient {
    /// Reads one object.
    @concurrent
    package func get<Object: Decodable & Sendable>(
        _ type: Object.Type, at path: ResourcePath, _ key: ObjectKey
    ) async throws(KubernetesError) -> Object {
        try decode(try await send(APIRequest(path: path.named(key))))
    }

    /// Creates an object in the namespace of its metadata.
    /// - Returns: the object as the server holds it.
    @concurrent
    @discardableResult
    package func create<Object: KubernetesObject>(
        _ object: Object, at path: ResourcePath
    ) async throws(KubernetesError) -> Object {
        try decode(try await post(object, at: path))
    }

    /// Creates an object and leaves the answer unread.
    @concurrent
    @discardableResult
    func post<Object: KubernetesObject>(
        _ object: Object, at path: ResourcePath
    ) async throws(KubernetesError) -> ByteBuffer {
        if object.metadata.name.isEmpty, object.metadata.generateName == nil {
            throw KubernetesError(.invalid, "\(Object.kind) without a name")
        }
        let body = try Self.addingType(of: Object.self, to: try JSON.encode(object))
        return try await send(
            APIRequest(method: .POST, path: path.collection(in: object.metadata.namespace), body: body))
    }

    /// Asks the server for its judgement: an object without a name, which is answered and never stored.
    @concurrent
    package func review<Review: Codable & Sendable>(
        _ review: Review, at path: ResourcePath
    ) async throws(KubernetesError) -> Review {
        try decode(try await send(APIRequest(method: .POST, path: path.path, body: try JSON.encode(review))))
    }

    /// Changes an object, or a part of it such as `status`.
    /// - Throws: `conflict` if the patch names a resource version that is no longer the newest.
    @concurrent
    @discardableResult
    package func patch<Object: Decodable & Sendable>(
        _ type: Object.Type, at path: ResourcePath, _ key: ObjectKey, subresource: String? = nil, _ kind: PatchKind,
        _ patch: JSONValue
    ) async throws(KubernetesError) -> Object {
        try decode(
            try await send(
                APIRequest(
                    method: .PATCH, path: path.named(key, subresource: subresource), query: kind.query,
                    contentType: kind.contentType, body: try JSON.encode(patch))))
    }

    /// Deletes an object. One that is not there is no error.
    @concurrent
    package func delete(at path: ResourcePath, _ key: ObjectKey) async throws(KubernetesError) {
        do throws(KubernetesError) {
            _ = try await send(APIRequest(method: .DELETE, path: path.named(key)))
        } catch {
            if error.code != .notFound { throw error }
        }
    }

    private func decode<Value: Decodable>(_ body: ByteBuffer) throws(KubernetesError) -> Value {
        do {
            return try JSON.decode(Value.self, from: body)
        } catch {
            throw KubernetesError(.badAnswer, "the answer does not decode: \(JSON.problem(error))", cause: error)
        }
    }

    /// The server wants `apiVersion` and `kind` in a body that it creates from; the types say them once for all objects.
    private static func addingType<Object: KubernetesObject>(
        of type: Object.Type, to body: ByteBuffer
    ) throws(KubernetesError) -> ByteBuffer {
        guard var value = try? JSON.decode(JSONValue.self, from: body) else { return body }
        if value["apiVersion"] == nil { value["apiVersion"] = .string(Object.apiVersion) }
        if value["kind"] == nil { value["kind"] = .string(Object.kind) }
        return try JSON.encode(value)
    }
}
