package import KubernetesObjects

/// An object that the server sent and that this program's type cannot hold: a field of the wrong kind, a value out of
/// range. It is named and left out; the other objects go on.
package struct UnreadableObject: Sendable, Hashable, CustomStringConvertible {
    package var key: ObjectKey
    /// What is wrong and where: `spec.ports.0.port: expected a number`.
    package var problem: String

    package init(key: ObjectKey, problem: String) {
        self.key = key
        self.problem = problem
    }

    package var description: String { "\(key): \(problem)" }
}

/// An object, or what can be said of one that does not decode. Decoding it never fails for the object's sake.
struct ReadObject<Object: KubernetesObject>: Decodable {
    var result: Result<Object, UnreadableError>
    var resourceVersion: String

    struct UnreadableError: Error {
        var object: UnreadableObject
    }

    init(from decoder: any Decoder) throws {
        do {
            let object = try Object(from: decoder)
            result = .success(object)
            resourceVersion = object.metadata.resourceVersion
        } catch {
            let metadata = ObjectIdentity(lenient: decoder).metadata
            let key = ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name ?? "")
            let problem = JSON.problem(error, below: decoder.codingPath.count)
            result = .failure(UnreadableError(object: UnreadableObject(key: key, problem: problem)))
            resourceVersion = metadata.resourceVersion ?? ""
        }
    }
}

/// What names an object, for those of which no more is needed or readable.
struct ObjectIdentity: Decodable {
    struct Metadata: Decodable {
        var name: String?
        var namespace: String?
        var resourceVersion: String?
    }

    var metadata: Metadata

    /// The identity as far as it is readable.
    init(lenient decoder: any Decoder) {
        metadata = (try? Self(from: decoder))?.metadata ?? Metadata()
    }

    var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name ?? "") }
}
