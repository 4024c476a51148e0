package import Allocation
import ClusterConfiguration
import KubernetesClient
import KubernetesObjects

/// What the controller knows and what follows from it: a value without clock, client or logger.
///
/// Events from the API go into `handle`, which says which keys need work. `work` says what a key's work comes to, by the
/// newest state, and `completed` takes in what came of it. All that is held here can be found again from the API.
package struct ControllerState: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package let settings: ControllerSettings

    var services = ObjectCache<Service>()
    var texts = TextPool()
    var poolServices = PoolServiceCache()
    var nodePools = ObjectCache<NodePool>(isOptional: true)
    var namespaces = ObjectCache<Namespace>()
    var configMaps = ObjectCache<ConfigMap>()
    var pools = ObjectCache<IPAddressPool>()
    var layer2Advertisements = ObjectCache<L2Advertisement>(isOptional: true)
    var bgpAdvertisements = ObjectCache<BGPAdvertisement>(isOptional: true)
    var bgpPeers = ObjectCache<BGPPeer>(isOptional: true)
    var bfdProfiles = ObjectCache<BFDProfile>(isOptional: true)
    var communities = ObjectCache<Community>(isOptional: true)

    /// True once every kind has been listed: before, what is missing cannot be told from what has not arrived.
    package internal(set) var isStarted = false
    /// True once a configuration was valid, and the addresses in the Services' statuses have been taken over.
    package internal(set) var hasConfiguration = false
    package internal(set) var allocator: Allocator

    var legacy = LegacyInput.absent
    /// What is wrong with the configuration now.
    var problems: [ControllerProblem] = []
    /// Problems that an event has told of.
    var toldProblems: Set<ControllerProblem> = []
    /// What the ConfigurationState object says; nil if that is not known.
    var reportedState: ConfigurationState.Status?

    /// The refusals that have been told, so that they are not told again.
    var told: [ObjectKey: AllocationRefusal] = [:]
    /// Events that wait for the write that makes them true.
    var pendingReports: [ObjectKey: [EventReport]] = [:]
    /// Services whose write under way carries our condition.
    var conditionsUnderWay: Set<ObjectKey> = []
    /// False once the server has dropped a condition that was written: before Kubernetes 1.24 a feature gate decides.
    package internal(set) var keepsConditions = true
    /// Annotations with the old prefix that have been told of.
    var toldDeprecations: [ObjectKey: Set<String>] = [:]
    /// When each pool's status was last written.
    var poolWrites: [String: Instant] = [:]

    package init(_ settings: ControllerSettings) {
        self.settings = settings
        allocator = Allocator(rest: settings.rest)
    }

    /// What there is to do before anything is known: speakers wait for their key, whatever else there is.
    package func begin() -> [ControllerEffect] {
        settings.helloKeySecret == nil ? [] : [.enqueue(.helloKey)]
    }

    /// Takes in what the API tells.
    package mutating func handle(_ event: ControllerEvent, at now: Instant) -> [ControllerEffect] {
        switch event {
        case .services(let event): return handleServices(event, at: now)
        case .poolServices(let event): return handlePoolServices(event, at: now)
        case .nodePools(let event): return handleNodePools(event, at: now)
        case .namespaces(let event): return handleNamespaces(event, at: now)
        case .configMaps(let event):
            let change = configMaps.apply(event)
            let key = ObjectKey(namespace: settings.namespace, name: settings.legacyConfigMap)
            if change.isFirst || change.keys.contains(key) {
                legacy = LegacyInput(configMaps.objects[key], namespace: settings.namespace)
            }
            return configurationChanged(!change.isEmpty, at: now)
        case .pools(let event):
            let change = pools.apply(event)
            for key in change.keys where pools.objects[key] == nil { poolWrites[key.name] = nil }
            return configurationChanged(!change.isEmpty, at: now)
        case .layer2Advertisements(let event):
            return configurationChanged(!layer2Advertisements.apply(event).isEmpty, at: now)
        case .bgpAdvertisements(let event):
            return configurationChanged(!bgpAdvertisements.apply(event).isEmpty, at: now)
        case .bgpPeers(let event): return configurationChanged(!bgpPeers.apply(event).isEmpty, at: now)
        case .bfdProfiles(let event): return configurationChanged(!bfdProfiles.apply(event).isEmpty, at: now)
        case .communities(let event): return configurationChanged(!communities.apply(event).isEmpty, at: now)
        }
    }

    /// What a key's work comes to now.
    /// - Parameter timestamp: now, RFC 3339.
    package mutating func work(_ key: WorkKey, at now: Instant, timestamp: String) -> Work {
        switch key {
        case .configuration: return Work(effects: reconfigure(at: now))
        case .legacyConfiguration: return legacyWork()
        case .configurationState: return configurationStateWork(timestamp: timestamp)
        case .poolStatus(let name): return poolStatusWork(name, at: now)
        case .service(let key): return serviceWork(key, at: now, timestamp: timestamp)
        case .poolService(let key): return poolServiceWork(key, at: now, timestamp: timestamp)
        case .helloKey:
            let name = settings.helloKeySecret
            return Work(write: name.map { .helloKey(ObjectKey(namespace: settings.namespace, name: $0)) })
        case .metrics: return Work()
        }
    }

    /// Takes in what came of a write.
    package mutating func completed(
        _ key: WorkKey, _ write: ControllerWrite, _ answer: WriteAnswer, at now: Instant
    ) -> [ControllerEffect] {
        switch (key, write, answer) {
        case (.service(let key), _, .service(let service)): return serviceWritten(key, service, at: now)
        case (.poolService, _, .poolService(let poolService)): return poolServiceWritten(poolService, at: now)
        case (.configurationState, .configurationState(let object), _):
            reportedState = object.status
            return []
        case (.poolStatus(let name), .poolStatus(let key, let status), _):
            poolWrites[name] = now
            if var pool = pools.objects[key] {
                pool.status = status
                _ = pools.store(pool)
            }
            return []
        default: return []
        }
    }

    /// Begins when every kind has been listed.
    mutating func startIfComplete(at now: Instant) -> [ControllerEffect] {
        guard !isStarted, missingKinds.isEmpty else { return [] }
        isStarted = true
        return reconfigure(at: now)
    }

    /// The kinds that have not been listed yet, with the reason where one is known.
    package var missingKinds: [(kind: String, reason: String?)] {
        var missing: [(kind: String, reason: String?)] = []
        func check<Object: KubernetesObject & Equatable>(_ cache: ObjectCache<Object>) {
            guard !cache.isComplete else { return }
            let absence = cache.isAbsent ? "the server does not know the kind; are the CRDs installed?" : nil
            missing.append((Object.kind, cache.outage?.description ?? absence))
        }
        check(services)
        check(poolServices.cache)
        check(nodePools)
        check(namespaces)
        check(configMaps)
        check(pools)
        check(layer2Advertisements)
        check(bgpAdvertisements)
        check(bgpPeers)
        check(bfdProfiles)
        check(communities)
        return missing
    }
}
