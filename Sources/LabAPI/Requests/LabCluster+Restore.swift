import KubernetesObjects

extension LabCluster {
    /// Fills a new cluster from a snapshot: definitions of custom resources first, so that these are known again.
    /// Watches from before are told that their revision is too old.
    package mutating func restore(_ bytes: [UInt8], at now: Timestamp) throws(Store.SnapshotFailure) {
        let saved = try Store.read(bytes)
        for entry in saved.objects where entry.key.storage == Self.definitions {
            _ = registry.install(crd: entry.object, now: now)
        }
        var restored = Store(revision: saved.revision, historyCapacity: store.historyCapacity)
        restored.load(
            saved.objects.map { entry in
                let behavior = registry.storageResource(entry.key.storage).flatMap { registry.behavior(of: $0) }
                return (entry.key, entry.object, behavior?.reservations(of: entry.object) ?? [])
            })
        store = restored
    }

    /// Creates the namespaces that every cluster has, where they are missing.
    package mutating func seed(at now: Timestamp) {
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            let body: JSONValue = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
            _ = handle(
                APIRequest(
                    method: "POST", path: "/api/v1/namespaces",
                    headers: ["content-type": "application/json", "user-agent": "kube-apiserver"],
                    body: JSONWriter.bytes(body)), as: .administrator, at: now)
        }
    }
}
