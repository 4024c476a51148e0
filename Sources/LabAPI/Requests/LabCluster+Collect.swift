import KubernetesObjects

/// What follows from a change without anybody's asking: garbage collection and the end of namespaces.
extension LabCluster {
    private static let namespaces = StorageKey(group: "", plural: "namespaces")

    mutating func collect(after change: StoredChange, at now: Timestamp) {
        let object = change.object
        switch change.kind {
        case .deleted:
            deleteDependents(of: object.metadataText("uid"), at: now)
            for owner in Self.owners(of: object) { finishForeground(owner, at: now) }
            if !change.key.namespace.isEmpty { finishNamespace(change.key.namespace) }
        case .added: return
        case .modified:
            guard object.isBeingDeleted, let old = change.old, !old.isBeingDeleted else { return }
            if change.key.storage == Self.namespaces { empty(namespace: change.key.name, at: now) }
            if object.finalizers.contains(Self.foregroundDeletion) {
                deleteDependents(of: object.metadataText("uid"), foreground: true, at: now)
            }
        }
    }

    /// Takes an owner out of its dependents, which then live on.
    mutating func orphan(_ dependents: Set<ObjectKey>, of uid: String, at now: Timestamp) {
        for key in Self.ordered(dependents) {
            guard var object = store.object(key) else { continue }
            Self.removeOwner(uid, from: &object)
            _ = commit(key, object, at: now)
        }
    }

    /// Deletes what had this owner only, and lets the rest forget it.
    private mutating func deleteDependents(of uid: String, foreground: Bool = false, at now: Timestamp) {
        for key in Self.ordered(store.dependents(of: uid)) {
            guard let stored = store.stored(key) else { continue }
            let isOwned = Self.owners(of: stored.json).contains { $0 != uid && store.key(uid: $0) != nil }
            if isOwned {
                var object = stored.json
                Self.removeOwner(uid, from: &object)
                _ = commit(key, object, at: now)
            } else {
                _ = delete(stored, DeleteOptions(propagation: foreground ? .foreground : .background), at: now)
            }
        }
    }

    /// Ends an owner that waited for its dependents when the last one is gone.
    private mutating func finishForeground(_ uid: String, at now: Timestamp) {
        guard store.dependents(of: uid).isEmpty, let stored = store.key(uid: uid).flatMap({ store.stored($0) }),
            stored.json.isBeingDeleted, stored.json.finalizers.contains(Self.foregroundDeletion)
        else { return }
        let rest = stored.json.finalizers.filter { $0 != Self.foregroundDeletion }
        if rest.isEmpty {
            _ = remove(stored.key)
        } else {
            var object = stored.json
            object.changeMetadata { $0["finalizers"] = .array(rest.map(JSONValue.string)) }
            _ = commit(stored.key, object, at: now)
        }
    }

    private mutating func empty(namespace: String, at now: Timestamp) {
        for storage in registry.namespacedStorages() {
            for stored in Array(store.storedObjects(storage, namespace: namespace)) {
                _ = delete(stored, DeleteOptions(propagation: .background), at: now)
            }
        }
        finishNamespace(namespace)
    }

    private mutating func finishNamespace(_ name: String) {
        let key = ObjectKey(storage: Self.namespaces, namespace: "", name: name)
        guard let namespace = store.object(key), namespace.isBeingDeleted, namespace.finalizers.isEmpty,
            !holdsNamespace(key)
        else { return }
        _ = remove(key)
    }

    /// The uids in `metadata.ownerReferences`.
    private static func owners(of object: JSONValue) -> [String] {
        (object["metadata"]?["ownerReferences"]?.arrayValue ?? []).compactMap { $0["uid"]?.stringValue }
    }

    private static func removeOwner(_ uid: String, from object: inout JSONValue) {
        object.changeMetadata { metadata in
            let rest = (metadata["ownerReferences"]?.arrayValue ?? []).filter { $0["uid"]?.stringValue != uid }
            metadata["ownerReferences"] = rest.isEmpty ? .none : .array(rest)
        }
    }

    private static func ordered(_ keys: Set<ObjectKey>) -> [ObjectKey] {
        keys.sorted { ($0.storage.plural, $0.namespace, $0.name) < ($1.storage.plural, $1.namespace, $1.name) }
    }
}
