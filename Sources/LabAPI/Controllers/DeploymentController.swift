import KubernetesObjects

/// Makes as many Pods as a Deployment asks for, from its newest template, and counts them in its status.
struct DeploymentController: LabController {
    /// The label that tells templates apart.
    private static let hashLabel = "pod-template-hash"

    let name = "kube-controller-manager"

    func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        requests(after: [change], stored: stored, now: now)
    }

    func requests(after changes: [StoredChange], stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        var seen: Set<ObjectKey> = []
        return changes.flatMap { change -> [APIRequest] in
            guard let key = Self.concerned(by: change), seen.insert(key.key).inserted,
                let deployment = stored.object(key.key), key.uid == nil || key.uid == deployment.metadataText("uid")
            else { return [] }
            return reconcile(deployment, key.key, stored, now)
        }
    }

    /// The Deployment that changed, or that a changed Pod belongs to, then with the uid that the Pod knows it by.
    private static func concerned(by change: StoredChange) -> (key: ObjectKey, uid: String?)? {
        switch change.key.storage {
        case .deployments: return change.kind == .deleted ? nil : (change.key, nil)
        case .pods:
            let owners = change.object["metadata"]?.elements("ownerReferences") ?? []
            guard let owner = owners.first(where: { $0["controller"] == true && $0.text("kind") == "Deployment" })
            else { return nil }
            let key = ObjectKey(storage: .deployments, namespace: change.key.namespace, name: owner.text("name"))
            return (key, owner.text("uid"))
        default: return nil
        }
    }

    private func reconcile(
        _ deployment: JSONValue, _ key: ObjectKey, _ stored: any StoredObjects, _ now: Timestamp
    ) -> [APIRequest] {
        let uid = deployment.metadataText("uid")
        let pods = PodState.all(stored, namespace: key.namespace).filter {
            $0.ownerUID == uid && !$0.object.isBeingDeleted && !$0.isOver
        }
        let set = PodSet(deployment: deployment, pods: pods, hash: Self.hash(deployment), hashLabel: Self.hashLabel)
        var requests: [APIRequest] = []
        if !deployment.isBeingDeleted {
            requests += (0..<set.missing).map { _ in
                .create(Self.pod(of: deployment, hash: set.hash), in: key.namespace, .pods)
            }
            requests += set.surplus.map { .delete($0.key) }
        }
        let status = set.status(now: now)
        if status != deployment["status"] { requests.append(Self.statusUpdate(key, status, deployment)) }
        return requests
    }

    /// A merge patch that also takes away what the new status does not have.
    private static func statusUpdate(_ key: ObjectKey, _ status: JSONValue, _ deployment: JSONValue) -> APIRequest {
        var patch = status
        for member in (deployment["status"]?.objectValue ?? [:]).keys where status[member] == nil {
            patch[member] = .null
        }
        return .merge(key, ["status": patch], subresource: "status")
    }

    private static func pod(of deployment: JSONValue, hash: String) -> JSONValue {
        let template = deployment["spec"]?["template"] ?? [:]
        let name = deployment.metadataText("name")
        var metadata = template["metadata"] ?? [:]
        metadata["creationTimestamp"] = nil
        metadata["name"] = nil
        metadata["generateName"] = .string("\(name)-\(hash)-")
        metadata.change("labels") { $0[hashLabel] = .string(hash) }
        metadata["ownerReferences"] = [
            [
                "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(name),
                "uid": .string(deployment.metadataText("uid")), "controller": true, "blockOwnerDeletion": true,
            ]
        ]
        return ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"] ?? [:]]
    }

    /// FNV-1a over the template, in letters and digits that make no words.
    private static func hash(_ deployment: JSONValue) -> String {
        let bytes = JSONWriter.bytes(deployment["spec"]?["template"] ?? [:])
        var hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        var text = ""
        for _ in 0..<10 {
            text.append(alphabet[Int(hash % UInt64(alphabet.count))])
            hash /= UInt64(alphabet.count)
        }
        return text
    }
}
