import Addresses
import KubernetesObjects

/// Runs the Pods of all Nodes: gives them addresses, has them ready at once, and not ready while their Node is not.
/// Pods of a deleted Node are deleted.
struct NodeAgent: LabController {
    let name = "kubelet"

    func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        switch change.key.storage {
        case .pods:
            guard change.kind != .deleted, let object = stored.object(change.key) else { return [] }
            let pod = PodState(object)
            guard !pod.nodeName.isEmpty else { return [] }
            return run([pod], on: pod.nodeName, stored, now)
        case .nodes:
            let pods = PodState.all(stored).filter { $0.nodeName == change.key.name }
            if change.kind == .deleted, stored.object(change.key) == nil { return pods.map { .delete($0.key) } }
            return run(pods, on: change.key.name, stored, now)
        default: return []
        }
    }

    private func run(
        _ pods: [PodState], on node: String, _ stored: any StoredObjects, _ now: Timestamp
    ) -> [APIRequest] {
        guard let node = stored.object(ObjectKey(storage: .nodes, namespace: "", name: node)) else { return [] }
        var addressing: PodAddressing?
        return pods.compactMap { pod in
            guard !pod.isOver else { return nil }
            var addresses = pod.addresses
            if addresses.isEmpty, node.isReadyNode {
                var current = addressing ?? PodAddressing(node, PodState.all(stored))
                addresses = current.take(for: pod)
                addressing = current
            }
            let status = PodRun(pod: pod, node: node, addresses: addresses, now: now).status
            let isChanged = (status.objectValue ?? [:]).contains { pod.status[$0.key] != $0.value }
            return isChanged ? .merge(pod.key, ["status": status], subresource: "status") : nil
        }
    }
}
