import KubernetesObjects

/// The whole store as bytes, for a file that outlives the process.
extension Store {
    /// What a file is that is no snapshot.
    package struct SnapshotFailure: Error, Sendable, Hashable {
        package var message: String
    }

    /// What the encoding is; another one is refused.
    private static let format: Int64 = 1

    /// A JSON document with the revision and all objects, each with where it is stored.
    package var snapshot: [UInt8] {
        var bytes = Array("{\"format\":\(Self.format),\"revision\":\(revision),\"objects\":[".utf8)
        var isFirst = true
        for storage in storages.sorted(by: { ($0.group, $0.plural) < ($1.group, $1.plural) }) {
            for object in storedObjects(storage, namespace: nil) {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                let place: JSONValue = [
                    "group": .string(storage.group), "plural": .string(storage.plural),
                    "kind": object.json["kind"] ?? "", "apiVersion": object.json["apiVersion"] ?? "",
                ]
                bytes.append(contentsOf: JSONWriter.bytes(place).dropLast())
                bytes.append(contentsOf: Array(",\"object\":{".utf8))
                bytes.append(contentsOf: object.encodedMembers)
                bytes.append(contentsOf: Array("}}".utf8))
            }
        }
        return bytes + Array("]}".utf8)
    }

    /// What a snapshot holds.
    static func read(_ bytes: [UInt8]) throws(SnapshotFailure) -> (
        revision: Int64, objects: [(key: ObjectKey, object: JSONValue)]
    ) {
        let document: JSONValue
        do {
            document = try JSONReader.read(bytes).value
        } catch {
            throw SnapshotFailure(message: "\(error.message) at byte \(error.offset)")
        }
        guard document["format"]?.intValue == format, let revision = document["revision"]?.intValue,
            let entries = document["objects"]?.arrayValue
        else { throw SnapshotFailure(message: "not a snapshot of format \(format)") }
        var objects: [(key: ObjectKey, object: JSONValue)] = []
        for (index, entry) in entries.enumerated() {
            guard let group = entry["group"]?.stringValue, let plural = entry["plural"]?.stringValue,
                var object = entry["object"], let name = object["metadata"]?["name"]?.stringValue
            else { throw SnapshotFailure(message: "objects[\(index)] is not a stored object") }
            object["kind"] = entry["kind"]
            object["apiVersion"] = entry["apiVersion"]
            let key = ObjectKey(
                storage: StorageKey(group: group, plural: plural), namespace: object.metadataText("namespace"),
                name: name)
            objects.append((key, object))
        }
        return (revision, objects)
    }
}
