import ClusterConfiguration
import KubernetesClient
import KubernetesObjects
import LegacyConfiguration

// What is wrong with the configuration, and who is told.
extension ControllerState {
    static let invalid = "InvalidConfiguration"
    static let unreadable = "UnreadableObject"

    /// Events about problems that have not been told yet. One that goes away and comes back is told again.
    mutating func reportProblems(_ found: [ControllerProblem]) -> [ControllerEffect] {
        problems = found
        let fresh = found.filter { !toldProblems.contains($0) }
        toldProblems = Set(found)
        return fresh.compactMap { $0.report.map(ControllerEffect.report) }
    }

    /// What the ConfigurationState object should say, apart from times.
    var configurationStatus: ConfigurationState.Status {
        ConfigurationState.Status(problems: problems.filter { !$0.isWarning }.map(\.text))
    }

    func configurationStateEffects() -> [ControllerEffect] {
        let wanted = configurationStatus
        let isReported = reportedState?.result == wanted.result && reportedState?.errorSummary == wanted.errorSummary
        return isReported ? [] : [.enqueue(.configurationState)]
    }

    /// The write of the ConfigurationState object, if it does not say what it should.
    mutating func configurationStateWork(timestamp: String) -> Work {
        if configurationStateEffects().isEmpty { return Work() }
        let status = configurationStatus.withConditions(at: timestamp)
        let metadata = ObjectMeta(
            name: "controller", namespace: settings.namespace,
            labels: [ConfigurationState.componentTypeLabel: "controller"])
        // From here on it may say this or what it said before: the answer can get lost.
        reportedState = nil
        return Work(write: .configurationState(ConfigurationState(metadata: metadata, status: status)))
    }

    func problem(_ reason: String, _ text: String, _ regarding: ObjectReference?) -> ControllerProblem {
        ControllerProblem(reason: reason, text: text, regarding: regarding, isWarning: false)
    }

    func problem(of problem: ConfigurationProblem, isWarning: Bool) -> ControllerProblem {
        // A resource that is not there yet is one that the ConfigMap stands for.
        let kind = ResourceKind(rawValue: problem.kind)
        return ControllerProblem(
            reason: isWarning ? "ConfigurationWarning" : Self.invalid,
            text: (isWarning ? "" : "configurationInvalid: ") + problem.description,
            regarding: kind.flatMap { reference(to: $0, problem.object) } ?? configMapReference, isWarning: isWarning)
    }

    func problem(ofConflict conflict: LegacyPlan.ResourceID) -> ControllerProblem {
        problem(
            "LegacyConfigConflict",
            "configurationInvalid: \(conflict.kind.rawValue) \(conflict.key.name) was not made from this configuration and is "
                + "left as it is; rename one of the two, or delete the \(conflict.kind.rawValue) to have it made",
            configMapReference ?? reference(to: conflict.kind, conflict.key))
    }

    func legacyProblems() -> [ControllerProblem] {
        guard case .invalid(let lines) = legacy else { return [] }
        return lines.map { line in
            problem(
                Self.invalid, "configurationInvalid: ConfigMap \(settings.legacyConfigMap): \(line)", configMapReference
            )
        }
    }

    /// Objects that do not decode: what was known of them stays in force.
    func unreadableProblems() -> [ControllerProblem] {
        var found: [ControllerProblem] = []
        func add<Object: KubernetesObject & Equatable>(_ cache: ObjectCache<Object>) {
            for object in cache.unreadable.values.sorted(by: { $0.key < $1.key }) {
                let known = cache.objects[object.key].map { ObjectReference($0) }
                let reference = ObjectReference(
                    apiVersion: Object.apiVersion, kind: Object.kind, namespace: object.key.namespace,
                    name: object.key.name, uid: known?.uid ?? "")
                found.append(
                    problem(
                        Self.unreadable,
                        "configurationInvalid: \(Object.kind) \(object.key.name): \(object.problem)", reference))
            }
        }
        add(pools)
        add(layer2Advertisements)
        add(bgpAdvertisements)
        add(bgpPeers)
        add(bfdProfiles)
        add(communities)
        add(configMaps)
        return found
    }

    var configMapReference: ObjectReference? {
        let key = ObjectKey(namespace: settings.namespace, name: settings.legacyConfigMap)
        return configMaps.objects[key].map { ObjectReference($0) }
    }

    private func reference(to kind: ResourceKind, _ key: ObjectKey) -> ObjectReference? {
        switch kind {
        case .pools: pools.objects[key].map { ObjectReference($0) }
        case .layer2Advertisements: layer2Advertisements.objects[key].map { ObjectReference($0) }
        case .bgpAdvertisements: bgpAdvertisements.objects[key].map { ObjectReference($0) }
        case .bgpPeers: bgpPeers.objects[key].map { ObjectReference($0) }
        case .bfdProfiles: bfdProfiles.objects[key].map { ObjectReference($0) }
        case .communities: communities.objects[key].map { ObjectReference($0) }
        }
    }
}
