import Addresses
import KubernetesObjects

/// Runs the Pods of all Nodes: gives them addresses, has them ready at once, and not ready while their Node is not.
/// Pods of a deleted Node are deleted.
struct NodeAgent: LabController {
    let name = "kubelet"

    func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        requests(after: [change], stored: stored, now: now)
    }

    func requests(after changes: [StoredChange], stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        let nodes = Set(changes.filter { $0.key.storage == .nodes }.map(\.key.name))
        var seen: Set<ObjectKey> = []
        let changed = changes.filter { $0.key.storage == .pods && $0.kind != .deleted && seen.insert($0.key).inserted }
            .compactMap { stored.object($0.key) }.map(PodState.init)
        var pods = Dictionary(grouping: changed.filter { !nodes.contains($0.nodeName) }, by: \.nodeName)
        if !nodes.isEmpty {
            pods.merge(
                Dictionary(grouping: PodState.all(stored).filter { nodes.contains($0.nodeName) }, by: \.nodeName)
            ) { $1 }
        }
        return pods.sorted { $0.key < $1.key }.flatMap { node, pods -> [APIRequest] in
            if node.isEmpty { return [] }
            let isGone = nodes.contains(node) && stored.object(Self.key(node)) == nil
            return isGone ? pods.map { .delete($0.key) } : run(pods, on: node, stored, now)
        }
    }

    private static func key(_ node: String) -> ObjectKey { ObjectKey(storage: .nodes, namespace: "", name: node) }

    private func run(
        _ pods: [PodState], on node: String, _ stored: any StoredObjects, _ now: Timestamp
    ) -> [APIRequest] {
        guard let node = stored.object(Self.key(node)) else { return [] }
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
