package import KubernetesObjects

/// All objects of a cluster in memory, with one revision counter and the newest changes of each storage.
///
/// It knows nothing of kinds: what may be stored, and what an object reserves, is decided above.
package struct Store: Sendable {
    /// The number of the last change; 1 for a store that was never written, as in etcd.
    package private(set) var revision: Int64
    /// Changes kept for each storage; watches and lists that want older ones are refused.
    package let historyCapacity: Int
    /// Where the known history of storages that were never written starts.
    private let firstRevision: Int64
    private var buckets: [StorageKey: Bucket] = [:]
    private var holders: [Reservation: ObjectKey] = [:]
    private var held: [ObjectKey: [Reservation]] = [:]
    private var keysByUID: [String: ObjectKey] = [:]
    /// By the owner's uid.
    private var dependents: [String: Set<ObjectKey>] = [:]

    package init(revision: Int64 = 1, historyCapacity: Int = 1000) {
        self.revision = revision
        firstRevision = revision
        self.historyCapacity = historyCapacity
    }

    package func stored(_ key: ObjectKey) -> StoredObject? {
        buckets[key.storage]?.object(at: key.namespace.isEmpty ? key.name : "\(key.namespace)/\(key.name)")
    }

    /// The present objects, in order; `namespace` nil for all.
    package func storedObjects(_ storage: StorageKey, namespace: String?) -> ArraySlice<StoredObject> {
        Bucket.slice(buckets[storage]?.objects ?? [], namespace: namespace)
    }

    /// The objects at an earlier revision, or nil if that is forgotten.
    package func storedObjects(
        _ storage: StorageKey, namespace: String?, at revision: Int64
    ) -> ArraySlice<StoredObject>? {
        guard let bucket = buckets[storage] else { return [] }
        return bucket.objects(at: revision).map { Bucket.slice($0, namespace: namespace) }
    }

    /// The changes after a revision, or nil if some of them are forgotten.
    package func changes(_ storage: StorageKey, after revision: Int64) -> ArraySlice<ChangeHistory.Entry>? {
        guard let history = buckets[storage]?.history else { return [] }
        return revision >= history.floor ? history.after(revision) : nil
    }

    /// The oldest revision whose changes are all known.
    package func floor(of storage: StorageKey) -> Int64 { buckets[storage]?.history.floor ?? firstRevision }

    /// Who names this uid among their owners.
    package func dependents(of uid: String) -> Set<ObjectKey> { dependents[uid] ?? [] }

    /// Whose uid it is.
    package func key(uid: String) -> ObjectKey? { keysByUID[uid] }

    /// Every storage that has or had objects.
    package var storages: [StorageKey] { Array(buckets.keys) }

    /// Stores an object under the next revision, which becomes its `metadata.resourceVersion`.
    package mutating func put(
        _ key: ObjectKey, _ object: JSONValue, reserving reservations: [Reservation] = []
    ) -> StoredChange {
        revision += 1
        let stored = StoredObject(key: key, json: Self.stamped(object, revision), revision: revision)
        let old = bucket(key.storage) { $0.put(stored) }
        index(key, from: old?.json, to: stored.json, reservations)
        return StoredChange(kind: old == nil ? .added : .modified, key: key, object: stored.json, old: old?.json)
    }

    /// Removes an object; nil if there is none.
    package mutating func remove(_ key: ObjectKey) -> StoredChange? {
        guard let old = stored(key) else { return nil }
        revision += 1
        let last = StoredObject(key: key, json: Self.stamped(old.json, revision), revision: revision)
        bucket(key.storage) { $0.remove(last) }
        index(key, from: old.json, to: nil, [])
        return StoredChange(kind: .deleted, key: key, object: last.json, old: old.json)
    }

    /// Forgets the changes up to now, as a compaction of etcd does.
    package mutating func compact() {
        for storage in Array(buckets.keys) { buckets[storage]?.compact(to: revision) }
    }

    /// Fills an empty store with objects that carry their resource versions.
    package mutating func load(_ objects: [(key: ObjectKey, object: JSONValue, reservations: [Reservation])]) {
        for (storage, members) in Dictionary(grouping: objects, by: \.key.storage) {
            let loaded = members.map { member in
                let text = member.object["metadata"]?["resourceVersion"]?.stringValue ?? ""
                return StoredObject(key: member.key, json: member.object, revision: Int64(text) ?? revision)
            }
            bucket(storage) { $0.load(loaded) }
            bucket(storage) { [revision] in $0.compact(to: revision) }
            for member in members { index(member.key, from: nil, to: member.object, member.reservations) }
        }
    }

    private mutating func bucket<Result>(_ storage: StorageKey, _ change: (inout Bucket) -> Result) -> Result {
        change(&buckets[storage, default: Bucket(floor: firstRevision, historyCapacity: historyCapacity)])
    }

    private mutating func index(
        _ key: ObjectKey, from old: JSONValue?, to new: JSONValue?, _ reservations: [Reservation]
    ) {
        for reservation in held[key] ?? [] { holders[reservation] = nil }
        held[key] = reservations.isEmpty ? nil : reservations
        for reservation in reservations { holders[reservation] = key }
        if let uid = old?["metadata"]?["uid"]?.stringValue { keysByUID[uid] = nil }
        if let uid = new?["metadata"]?["uid"]?.stringValue { keysByUID[uid] = key }
        let (oldOwners, newOwners) = (Self.owners(old), Self.owners(new))
        for uid in oldOwners.subtracting(newOwners) {
            dependents[uid]?.remove(key)
            if dependents[uid]?.isEmpty == true { dependents[uid] = nil }
        }
        for uid in newOwners.subtracting(oldOwners) { dependents[uid, default: []].insert(key) }
    }

    private static func owners(_ object: JSONValue?) -> Set<String> {
        Set((object?["metadata"]?["ownerReferences"]?.arrayValue ?? []).compactMap { $0["uid"]?.stringValue })
    }

    private static func stamped(_ object: JSONValue, _ revision: Int64) -> JSONValue {
        var object = object
        var metadata = object["metadata"] ?? [:]
        metadata["resourceVersion"] = .string(String(revision))
        object["metadata"] = metadata
        return object
    }
}

extension Store: StoredObjects {
    package func object(_ key: ObjectKey) -> JSONValue? { stored(key)?.json }

    package func objects(_ storage: StorageKey, namespace: String?) -> [JSONValue] {
        storedObjects(storage, namespace: namespace).map(\.json)
    }

    package func holder(of reservation: Reservation) -> ObjectKey? { holders[reservation] }
}
