import Allocation
import ClusterConfiguration
import KubernetesClient
import KubernetesObjects
import LegacyConfiguration

extension ControllerState {
    /// Something that the configuration is made of has changed. Changes are collected for a moment.
    mutating func configurationChanged(_ isChanged: Bool, at now: Instant) -> [ControllerEffect] {
        guard isChanged else { return [] }
        guard isStarted else { return startIfComplete(at: now) }
        return [
            .enqueueAfter(.configuration, settings.settle), .enqueueAfter(.legacyConfiguration, settings.settle),
        ]
    }

    /// All resources as the API shows them.
    var observedResources: ConfigurationResources {
        ConfigurationResources(
            pools: Array(pools.objects.values), layer2Advertisements: Array(layer2Advertisements.objects.values),
            bgpAdvertisements: Array(bgpAdvertisements.objects.values), bgpPeers: Array(bgpPeers.objects.values),
            bfdProfiles: Array(bfdProfiles.objects.values), communities: Array(communities.objects.values))
    }

    /// What is to be done for the legacy ConfigMap; nil while it is not understood.
    ///
    /// Its `resources` are what the controller itself goes by: what will be there when everything is written. So an
    /// upgrade from a version that knew only the ConfigMap, and every edit of it, is one step.
    func legacyPlan() throws -> LegacyPlan? {
        switch legacy {
        case .absent: try LegacyPlan(desired: ConfigurationResources(), observed: observedResources)
        case .resources(let desired): try LegacyPlan(desired: desired, observed: observedResources)
        case .invalid: nil
        }
    }

    /// What is to be done for the addresses of NodePools.
    /// - Parameter resources: those of everybody else, and what was made before.
    func nodePoolPlan(over resources: ConfigurationResources) throws -> (
        plan: LegacyPlan, problems: [ControllerProblem]
    ) {
        let addresses = NodePoolAddresses(
            of: nodePools.objects.values, observed: resources, namespace: settings.namespace)
        let isKnown = !nodePools.isAbsent
        // A server that does not know the kind, for now or for good, takes nothing away.
        let desired = isKnown ? addresses.resources : NodePoolAddresses.made(among: resources)
        let problems = addresses.problems.map { nodePool, text in
            problem(
                Self.invalid,
                "configurationInvalid: NodePool \(nodePool.metadata.name): \(OpenYurt.addressPools): \(text)",
                ObjectReference(nodePool))
        }
        return (try LegacyPlan(desired: desired, observed: resources, labels: NodePoolAddresses.labels), problems)
    }

    /// Reads the configuration anew. What is invalid changes nothing but the report.
    mutating func reconfigure(at now: Instant) -> [ControllerEffect] {
        guard isStarted else { return [] }
        var found: [ControllerProblem] = []
        var resources = observedResources
        // Before the first good configuration a ConfigMap that is not understood is not the absence of one.
        var isUsable = true
        do {
            if let plan = try legacyPlan() {
                resources = plan.resources
                found += plan.conflicts.map(problem(ofConflict:))
            } else {
                found += legacyProblems()
                isUsable =
                    hasConfiguration || resources.pools.contains { $0.metadata.carries(LegacyConfiguration.labels) }
            }
            let (plan, problems) = try nodePoolPlan(over: resources)
            resources = plan.resources
            found += problems + plan.conflicts.map(problem(ofConflict:))
        } catch {
            found.append(
                problem("legacyConfiguration", "the resources cannot be compared: \(error)", configMapReference))
            isUsable = false
        }
        found += unreadableProblems()
        if found.contains(where: { $0.regarding?.kind == IPAddressPool.kind && $0.reason == Self.unreadable }) {
            isUsable = false
        }
        let resolution = Configuration.resolve(resources)
        found += resolution.problems.map { problem(of: $0, isWarning: false) }
        found += resolution.warnings.map { problem(of: $0, isWarning: true) }
        var effects = reportProblems(found)
        if isUsable, let configuration = resolution.configuration {
            effects += use(configuration, at: now)
        } else if !hasConfiguration {
            effects += services.objects.keys.sorted().map { .enqueue(.service($0)) }
            effects += poolServices.cache.objects.keys.sorted().map { .enqueue(.poolService($0)) }
        }
        effects += configurationStateEffects() + [.enqueue(.legacyConfiguration)]
        // Also where the same pools stay in force: a pool that the ConfigMap stands for is there only now, and somebody
        // else may have written a status.
        return effects + poolEffects(at: now)
    }

    /// Puts a valid configuration in force.
    private mutating func use(_ configuration: Configuration, at now: Instant) -> [ControllerEffect] {
        let isFirst = !hasConfiguration
        let isChanged = allocator.setConfiguration(configuration)
        guard isFirst || isChanged else { return [] }
        let affected = isFirst ? adopt() : (Array(services.objects.values), poolServices.all)
        hasConfiguration = true
        // Those who wait have their turn among all others.
        _ = allocator.takeWaiting()
        return turns(of: affected.0, affected.1)
    }

    /// Takes over what the statuses of Services and PoolServices list. No address is for both.
    /// - Returns: those that need a turn. At a start nearly everybody has all that it asks for, and says so in every word.
    private mutating func adopt() -> ([Service], [PoolService]) {
        var adopting = allocator
        let services = adopting.adopt(
            services.objects.values, listed: \.listedAddresses, request: { claim(of: $0).request },
            isSettled: { isTold(AddressHolder($0), $1) })
        let poolServices = adopting.adopt(
            poolServices.all, listed: \.listedAddresses, request: { claim(of: $0).request },
            isSettled: { $0.isHeld && isTold(holder(of: $0), $1) })
        allocator = adopting
        return (services, poolServices)
    }

    /// True if a holder that has all that it asks for needs no write and nobody anything to be told.
    private func isTold(_ holder: AddressHolder, _ grant: AddressGrant) -> Bool {
        // The time goes into what is written only.
        let outcome = ServiceOutcome(
            holder, .keep(grant, shortfall: nil), held: grant.addresses, told: nil, keepsConditions: keepsConditions,
            timestamp: "")
        return outcome.patch == nil && outcome.reports.isEmpty
    }

    /// Everybody's turn, but those who ask by name come before those who take what they get.
    private func turns(of services: [Service], _ poolServices: [PoolService]) -> [ControllerEffect] {
        var others: [ObjectKey] = []
        var requests: [Precedence] = []
        func add(_ key: ObjectKey, _ claim: ServiceClaim) {
            if case .request(let request) = claim { requests.append(Precedence(request)) } else { others.append(key) }
        }
        for service in services { add(service.key, claim(of: service)) }
        for poolService in poolServices { add(poolService.holderKey, claim(of: poolService)) }
        requests.sort()
        return (others.sorted() + requests.map(\.key)).map { .enqueue(WorkKey(holder: $0)) }
    }

    /// Brings the resources in line with the legacy ConfigMap and the NodePools.
    func legacyWork() -> Work {
        guard isStarted else { return Work() }
        let legacy = try? legacyPlan()
        // Over what will be there, as the configuration is read: addresses of a ConfigMap that is just being written are
        // taken.
        let nodePools = try? nodePoolPlan(over: legacy?.resources ?? observedResources).plan
        let writes = (legacy?.writes ?? []) + (nodePools?.writes ?? [])
        return writes.isEmpty ? Work() : Work(write: .resources(writes))
    }
}
