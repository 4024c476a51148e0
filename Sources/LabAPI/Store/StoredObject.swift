package import KubernetesObjects
import Synchronization

/// One state of one object: never changed, so that lists, watches and histories share it and its encoding.
package final class StoredObject: Sendable {
    package let key: ObjectKey
    /// What a storage is ordered by: `namespace/name`, or the name alone.
    package let path: String
    /// The object with `kind`, `apiVersion` and `metadata.resourceVersion`.
    package let json: JSONValue
    /// The store's revision that made this state.
    package let revision: Int64
    package let labels: [String: String]
    private let encoding = Mutex<[UInt8]?>(nil)

    package init(key: ObjectKey, json: JSONValue, revision: Int64) {
        self.key = key
        self.json = json
        self.revision = revision
        path = key.namespace.isEmpty ? key.name : "\(key.namespace)/\(key.name)"
        labels = (json["metadata"]?["labels"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    /// The members as JSON without `kind`, `apiVersion` and the outer braces, made once: lists leave the two out,
    /// watches write them in front.
    package var encodedMembers: [UInt8] {
        encoding.withLock { cached in
            if let cached { return cached }
            let made = Self.encodeMembers(of: json)
            cached = made
            return made
        }
    }

    /// The same for any object.
    package static func encodeMembers(of object: JSONValue) -> [UInt8] {
        var members = object.objectValue ?? [:]
        members["kind"] = nil
        members["apiVersion"] = nil
        return Array(JSONWriter.bytes(.object(members)).dropFirst().dropLast())
    }
}
