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
                isUsable = hasConfiguration || resources.pools.contains { LegacyPlan.isOurs($0.metadata) }
            }
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
        let affected = isFirst ? adopt() : Array(services.objects.values)
        hasConfiguration = true
        // Those who wait have their turn among all others.
        _ = allocator.takeWaiting()
        return turns(of: affected)
    }

    /// Takes over what the Services' statuses list.
    /// - Returns: those that need a turn. At a start nearly everybody has all that it asks for, and says so in every word.
    private mutating func adopt() -> [Service] {
        var adopting = allocator
        let unsettled = adopting.adopt(
            services.objects.values, listed: \.listedAddresses,
            request: { if case .request(let request) = claim(of: $0) { request } else { nil } }, isSettled: isTold)
        allocator = adopting
        return unsettled
    }

    /// True if a Service that has all that it asks for needs no write and nobody anything to be told.
    private func isTold(_ service: Service, _ grant: AddressGrant) -> Bool {
        // The time goes into what is written only.
        let outcome = ServiceOutcome(
            service, .keep(grant, shortfall: nil), held: grant.addresses, told: nil, keepsConditions: keepsConditions,
            timestamp: "")
        return outcome.patch == nil && outcome.reports.isEmpty
    }

    /// Everybody's turn, but those who ask by name come before those who take what they get.
    private func turns(of services: some Sequence<Service>) -> [ControllerEffect] {
        var others: [ObjectKey] = []
        var requests: [Precedence] = []
        for service in services {
            if case .request(let request) = claim(of: service) {
                requests.append(Precedence(request))
            } else {
                others.append(service.key)
            }
        }
        requests.sort()
        return others.sorted().map { .enqueue(.service($0)) } + requests.map { .enqueue(.service($0.key)) }
    }

    /// Brings the resources in line with the legacy ConfigMap.
    func legacyWork() -> Work {
        guard isStarted, let plan = try? legacyPlan(), !plan.writes.isEmpty else { return Work() }
        return Work(write: .resources(plan.writes))
    }
}
