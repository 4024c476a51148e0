import KubernetesObjects

/// The Pods of a Deployment: which are too few, which too many, and what the status says about them.
struct PodSet {
    let hash: String
    private let deployment: JSONValue
    private let wanted: Int
    /// From the newest template.
    private let current: [PodState]
    private let outdated: [PodState]

    init(deployment: JSONValue, pods: [PodState], hash: String, hashLabel: String) {
        self.deployment = deployment
        self.hash = hash
        wanted = Int(deployment["spec"]?.number("replicas") ?? 0)
        current = pods.filter { $0.labels[hashLabel] == hash }
        outdated = pods.filter { $0.labels[hashLabel] != hash }
    }

    private var isPaused: Bool { deployment["spec"]?["paused"] == true }
    private var recreates: Bool { deployment["spec"]?["strategy"]?.text("type") == "Recreate" }

    /// How many Pods of the newest template are to be made. A paused Deployment that has older Pods keeps to these.
    var missing: Int {
        if isPaused, !outdated.isEmpty { return 0 }
        if recreates, !outdated.isEmpty { return 0 }
        return max(0, wanted - current.count)
    }

    /// Pods to delete. Older ones stay while too few new ones are ready to take their place.
    var surplus: [PodState] {
        let extra = Self.leastUseful(current, max(0, current.count - wanted))
        if isPaused, !outdated.isEmpty {
            return extra + Self.leastUseful(outdated, max(0, current.count + outdated.count - wanted))
        }
        if recreates { return extra + outdated }
        let kept = max(0, wanted - current.count(where: \.isReady))
        return extra + Self.leastUseful(outdated, max(0, outdated.count - kept))
    }

    /// Not ready before ready, young before old.
    private static func leastUseful(_ pods: [PodState], _ count: Int) -> [PodState] {
        let sorted = pods.sorted { left, right in
            if left.isReady != right.isReady { return !left.isReady }
            let (leftTime, rightTime) = (
                left.object.metadataText("creationTimestamp"), right.object.metadataText("creationTimestamp")
            )
            return leftTime == rightTime ? left.key.name > right.key.name : leftTime > rightTime
        }
        return Array(sorted.prefix(count))
    }

    // MARK: - Status

    func status(now: Timestamp) -> JSONValue {
        let old = deployment["status"] ?? [:]
        let all = current + outdated
        let ready = all.count(where: \.isReady)
        var status: [String: JSONValue] = ["observedGeneration": deployment["metadata"]?["generation"] ?? 1]
        let counts = [
            ("replicas", all.count), ("updatedReplicas", current.count), ("readyReplicas", ready),
            ("availableReplicas", ready), ("unavailableReplicas", max(0, max(wanted, all.count) - ready)),
        ]
        // Go leaves out what is zero.
        for (member, count) in counts where count > 0 { status[member] = .int(Int64(count)) }
        status["collisionCount"] = old["collisionCount"]
        let others = old.elements("conditions").filter {
            !["Available", "Progressing"].contains($0.text("type"))
        }
        status["conditions"] = .array(
            [available(ready, old, now), progressing(ready, all.count, old, now)] + others)
        return .object(status)
    }

    private func available(_ ready: Int, _ old: JSONValue, _ now: Timestamp) -> JSONValue {
        let holds = ready >= wanted - maxUnavailable
        return dated(
            .condition(
                "Available", holds ? "True" : "False",
                reason: holds ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                message: holds
                    ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                old: old.condition("Available"), now: now), old.condition("Available"), now)
    }

    private func progressing(_ ready: Int, _ total: Int, _ old: JSONValue, _ now: Timestamp) -> JSONValue {
        let name = "\(deployment.metadataText("name"))-\(hash)"
        let isComplete = current.count == wanted && total == wanted && ready >= wanted
        // Once it has come through, a Deployment does not go back to progressing when Pods fail.
        let wasComplete =
            old.condition("Progressing")?.text("reason") == "NewReplicaSetAvailable"
            && old.condition("Progressing")?.text("message").contains(name) == true
        let holds = isComplete || wasComplete
        return dated(
            .condition(
                "Progressing", "True", reason: holds ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                message: "ReplicaSet \(quoted(name)) \(holds ? "has successfully progressed" : "is progressing").",
                old: old.condition("Progressing"), now: now), old.condition("Progressing"), now)
    }

    /// Conditions of Deployments also say when anything about them changed.
    private func dated(_ condition: JSONValue, _ old: JSONValue?, _ now: Timestamp) -> JSONValue {
        var condition = condition
        let isSame = ["status", "reason", "message"].allSatisfy { old?[$0] == condition[$0] }
        condition["lastUpdateTime"] = isSame ? old?["lastUpdateTime"] ?? .null : .string(now.text)
        return condition
    }

    /// `maxUnavailable`, a count or a share that is rounded down.
    private var maxUnavailable: Int {
        if recreates { return 0 }
        switch deployment["spec"]?["strategy"]?["rollingUpdate"]?["maxUnavailable"] {
        case .int(let count): return Int(count)
        case .string(let text):
            guard text.last == "%", let share = Int(text.dropLast()) else { return 0 }
            return wanted * share / 100
        default: return 0
        }
    }
}
