import KubernetesObjects

/// Gives every Pod a Node: a ready, schedulable one that fits, with the fewest Pods of the same owner, then the fewest
/// of all, then by name, so that Pods spread evenly and the same way every time.
struct PodScheduler: LabController {
    let name = "kube-scheduler"

    func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        requests(after: [change], stored: stored, now: now)
    }

    func requests(after changes: [StoredChange], stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        let changes = changes.filter { $0.kind != .deleted }
        // A changed Node may be what other Pods wait for.
        if changes.contains(where: { $0.key.storage == .nodes }) { return place(PodState.all(stored), stored, now) }
        var seen: Set<ObjectKey> = []
        let pods = changes.filter { $0.key.storage == .pods && seen.insert($0.key).inserted }
        return place(pods.compactMap { stored.object($0.key) }.map(PodState.init), stored, now)
    }

    private func place(_ pods: [PodState], _ stored: any StoredObjects, _ now: Timestamp) -> [APIRequest] {
        let waiting = pods.filter { $0.nodeName.isEmpty && !$0.isOver && !$0.object.isBeingDeleted }
        guard !waiting.isEmpty else { return [] }
        let nodes = stored.objects(.nodes, namespace: nil)
        var load = Load(PodState.all(stored))
        return waiting.compactMap { pod in
            let fitting = nodes.filter { NodeFit.fits(pod, $0) }.map { $0.metadataText("name") }
            guard let chosen = fitting.min(by: { load.rank($0, pod) < load.rank($1, pod) }) else {
                return unschedulable(pod, nodes.count, now)
            }
            load.add(pod, to: chosen)
            return .merge(pod.key, ["spec": ["nodeName": .string(chosen)]])
        }
    }

    private func unschedulable(_ pod: PodState, _ nodes: Int, _ now: Timestamp) -> APIRequest? {
        let old = pod.status.condition("PodScheduled")
        let condition = JSONValue.condition(
            "PodScheduled", "False", reason: "Unschedulable",
            message: "0/\(nodes) nodes are available: no ready and schedulable node fits the pod.", old: old, now: now)
        guard condition["message"] != old?["message"] || condition["status"] != old?["status"] else { return nil }
        return .merge(pod.key, ["status": ["conditions": [condition]]], subresource: "status")
    }

    /// How many Pods the Nodes have.
    private struct Load {
        private var all: [String: Int] = [:]
        private var byOwner: [String: [String: Int]] = [:]

        init(_ pods: [PodState]) {
            for pod in pods where !pod.isOver { add(pod, to: pod.nodeName) }
        }

        mutating func add(_ pod: PodState, to node: String) {
            all[node, default: 0] += 1
            byOwner[pod.ownerUID, default: [:]][node, default: 0] += 1
        }

        func rank(_ node: String, _ pod: PodState) -> (Int, Int, String) {
            let own = pod.ownerUID.isEmpty ? 0 : byOwner[pod.ownerUID]?[node] ?? 0
            return (own, all[node] ?? 0, node)
        }
    }
}
