import FoundationEssentials
package import KubernetesObjects

/// What YurtHub keeps on its disk of the answers that went through it: for each component the objects of each kind.
///
/// Lists replace, reads and watches add and remove (OpenYurt's `cachemanager`). A component has one list of a kind: a
/// second list of another shape goes through and is not kept.
package struct HubCache: Sendable {
    /// What the cache has a folder for: `/etc/kubernetes/cache/<component>/<plural>.<version>.<group>`.
    package struct Slot: Sendable, Hashable, Codable {
        package var component: String
        package var group: String
        package var version: String
        package var plural: String
    }

    private struct Entry: Sendable, Hashable, Codable {
        /// Nil while only single objects were read.
        var shape: HubRequest.Shape?
        /// `ServiceList`.
        var listKind = ""
        var apiVersion = ""
        var resourceVersion = ""
        /// By `namespace/name`.
        var objects: [String: JSONValue] = [:]
    }

    private var entries: [Slot: Entry] = [:]
    /// Grows with each change.
    package private(set) var revision = 0

    package init() {}

    // MARK: - What went through

    /// A complete list.
    package mutating func keep(list: JSONValue, for slot: Slot, shape: HubRequest.Shape) {
        var entry = entries[slot] ?? Entry()
        guard entry.shape == nil || entry.shape == shape else { return }
        entry.shape = shape
        entry.listKind = list["kind"]?.stringValue ?? ""
        entry.apiVersion = list["apiVersion"]?.stringValue ?? ""
        entry.resourceVersion = list["metadata"]?["resourceVersion"]?.stringValue ?? ""
        entry.objects = Dictionary(
            (list["items"]?.arrayValue ?? []).map { (Self.key(of: $0), $0) }, uniquingKeysWith: { _, last in last })
        change(slot, to: entry)
    }

    /// One object that was read.
    package mutating func keep(object: JSONValue, for slot: Slot) {
        var entry = entries[slot] ?? Entry()
        entry.objects[Self.key(of: object)] = object
        change(slot, to: entry)
    }

    /// One event of a watch of the list's shape.
    package mutating func keep(event: JSONValue, for slot: Slot, shape: HubRequest.Shape) {
        guard var entry = entries[slot], entry.shape == shape, let object = event["object"] else { return }
        switch event["type"]?.stringValue {
        case "ADDED", "MODIFIED": entry.objects[Self.key(of: object)] = object
        case "DELETED": entry.objects[Self.key(of: object)] = nil
        case "BOOKMARK": break
        default: return
        }
        if let version = object["metadata"]?["resourceVersion"]?.stringValue { entry.resourceVersion = version }
        change(slot, to: entry)
    }

    /// The server does not have the kind (404 for a list).
    package mutating func forget(_ slot: Slot) {
        guard entries.removeValue(forKey: slot) != nil else { return }
        revision += 1
    }

    private mutating func change(_ slot: Slot, to entry: Entry) {
        guard entries[slot] != entry else { return }
        entries[slot] = entry
        revision += 1
    }

    // MARK: - What is answered from it

    /// The list, if one of this shape was kept.
    package func list(_ slot: Slot, shape: HubRequest.Shape) -> JSONValue? {
        guard let entry = entries[slot], entry.shape == shape else { return nil }
        return [
            "kind": .string(entry.listKind), "apiVersion": .string(entry.apiVersion),
            "metadata": ["resourceVersion": .string(entry.resourceVersion)],
            "items": .array(entry.objects.sorted { $0.key < $1.key }.map(\.value)),
        ]
    }

    package func object(_ slot: Slot, namespace: String?, name: String) -> JSONValue? {
        entries[slot]?.objects["\(namespace ?? "")/\(name)"]
    }

    private static func key(of object: JSONValue) -> String {
        let metadata = object["metadata"]
        return "\(metadata?["namespace"]?.stringValue ?? "")/\(metadata?["name"]?.stringValue ?? "")"
    }
}

// MARK: - Over a restart

extension HubCache {
    private struct Record: Codable {
        var slot: Slot
        var entry: Entry
    }

    /// - Throws: what the decoder says of bytes that are no cache.
    package init(decoding bytes: [UInt8]) throws {
        let records = try JSONDecoder().decode([Record].self, from: Data(bytes))
        entries = Dictionary(records.map { ($0.slot, $0.entry) }, uniquingKeysWith: { _, last in last })
    }

    package func encoded() throws -> [UInt8] {
        Array(try JSONEncoder().encode(entries.map { Record(slot: $0.key, entry: $0.value) }))
    }
}
