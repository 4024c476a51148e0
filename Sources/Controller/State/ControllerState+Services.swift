import Addresses
import Allocation
import ClusterConfiguration
import KubernetesClient
package import KubernetesObjects
import Reasons

// Services: from an event to a decision to a write.
extension ControllerState {
    mutating func handleServices(_ event: ReflectorEvent<Service>, at now: Instant) -> [ControllerEffect] {
        var event = event
        if case .applied(let service) = event {
            // Read past the watch, or answered to a write: the watch is behind.
            if let known = services.objects[service.key], known.metadata.isNewer(than: service.metadata) { return [] }
            // Those of a list were made smaller one by one, as they arrived.
            event = .applied(service.digest(sharing: &texts))
        }
        let change = services.apply(event)
        guard isStarted else { return change.isFirst ? startIfComplete(at: now) : [] }
        var effects = poolServices.keys(of: change.keys).map { ControllerEffect.enqueue(.poolService($0)) }
        for key in change.keys {
            if services.objects[key] == nil {
                effects += removeHolder(key, at: now)
            } else {
                effects.append(.enqueue(.service(key)))
            }
        }
        let hasRemoved = change.keys.contains { services.objects[$0] == nil }
        return hasRemoved ? effects + waitingEffects() + poolEffects(at: now) : effects
    }

    mutating func handleNamespaces(_ event: ReflectorEvent<Namespace>, at now: Instant) -> [ControllerEffect] {
        let old = namespaces.objects
        let change = namespaces.apply(event) { namespace in
            Namespace(metadata: ObjectMeta(name: namespace.metadata.name, labels: namespace.metadata.labels))
        }
        guard isStarted else { return change.isFirst ? startIfComplete(at: now) : [] }
        let hasSelectors = allocator.configuration.pools.contains {
            $0.serviceAllocation?.namespaceSelectors.isEmpty == false
        }
        let names = change.keys.filter { old[$0]?.metadata.labels != namespaces.objects[$0]?.metadata.labels }
            .map(\.name)
        guard hasSelectors, !names.isEmpty else { return [] }
        let affected = Set(names)
        return services.objects.keys.filter { affected.contains($0.namespace) }.sorted()
            .map { .enqueue(.service($0)) }
            + poolServices.cache.objects.keys.filter { affected.contains($0.namespace) }.sorted()
            .map { .enqueue(.poolService($0)) }
    }

    /// Takes in a Service that was read after its write was refused, or that answers a write.
    ///
    /// The answer may come late, after what the watch told: not for one that was deleted meanwhile, or made anew, which
    /// only the watch tells, and not over a newer state.
    package mutating func take(_ service: Service) {
        guard let known = services.objects[service.key], known.metadata.uid == service.metadata.uid,
            !known.metadata.isNewer(than: service.metadata)
        else { return }
        _ = services.store(service.digest(sharing: &texts))
    }

    /// What the Service is to us.
    func claim(of service: Service) -> ServiceClaim {
        let namespace = namespaces.objects[ObjectKey(namespace: "", name: service.metadata.namespace)]
        return ServiceClaim(
            service, namespaceLabels: namespace?.metadata.labels, loadBalancerClass: settings.loadBalancerClass)
    }

    /// Decides about a Service.
    mutating func serviceWork(_ key: ObjectKey, at now: Instant, timestamp: String) -> Work {
        guard isStarted, let service = services.objects[key] else { return Work() }
        return holderWork(AddressHolder(service), claim(of: service), at: now, timestamp: timestamp)
    }

    /// Decides about a Service or a PoolService.
    mutating func holderWork(
        _ holder: AddressHolder, _ claim: ServiceClaim, at now: Instant, timestamp: String
    ) -> Work {
        let (key, service) = (holder.key, holder.service)
        let held = allocator.addresses(of: key)
        let leaving = allocator.leavingAddresses(of: key)
        let decision: AllocationDecision
        if hasConfiguration {
            decision = allocator.reconcile(claim, for: key, listed: service.listedAddresses, at: now)
        } else if let refusal = waitForConfiguration(claim) {
            decision = .refuse(refusal, replacing: nil)
        } else {
            return Work()
        }
        let outcome = ServiceOutcome(
            holder, decision, held: held + leaving, told: told[key], keepsConditions: keepsConditions,
            timestamp: timestamp)
        var work = Work()
        // With news of the Service only, as MetalLB has it: a restart tells nothing anew.
        if outcome.patch != nil || !outcome.reports.isEmpty { work.effects = deprecations(of: holder, claim) }
        // Only what has come or gone changes a pool's numbers or helps somebody who waits.
        if held != allocator.addresses(of: key) || leaving != allocator.leavingAddresses(of: key) {
            work.effects += poolEffects(at: now)
        }
        work.effects += waitingEffects().filter { $0 != .enqueue(WorkKey(holder: key)) }
        told[key] = decision.refusal
        var reports = pendingReports.removeValue(forKey: key) ?? []
        for report in outcome.reports where !reports.contains(report) { reports.append(report) }
        if let patch = outcome.patch {
            work.write =
                holder.poolService.map { .poolServiceStatus($0.key, patch) } ?? .serviceStatus(key, patch)
            if !reports.isEmpty { pendingReports[key] = reports }
            if outcome.hasCondition { conditionsUnderWay.insert(key) } else { conditionsUnderWay.remove(key) }
        } else {
            work.effects += reports.map { .report($0) }
        }
        return work
    }

    /// A Service's status is written.
    mutating func serviceWritten(
        _ key: ObjectKey, _ service: Service, at now: Instant
    ) -> [ControllerEffect] {
        let reports = pendingReports.removeValue(forKey: key) ?? []
        if conditionsUnderWay.remove(key) != nil, AllocatedCondition.present(on: service) == nil {
            keepsConditions = false
        }
        take(service)
        let effects = reports.map(ControllerEffect.report)
        guard let known = services.objects[key], allocator.settle(key, listed: known.listedAddresses, at: now) else {
            return effects
        }
        return effects + poolEffects(at: now) + waitingEffects()
    }

    /// Before the first valid configuration nothing is known of addresses that Services have, so those stay, and who
    /// has none is told why.
    private func waitForConfiguration(_ claim: ServiceClaim) -> AllocationRefusal? {
        guard case .request(let request) = claim, request.status.isEmpty else { return nil }
        let first = problems.first { !$0.isWarning }?.text ?? "it has not been read yet"
        return AllocationRefusal(
            .configurationInvalid, .allocation, subject: "configuration",
            "the configuration is invalid, and none was valid since this controller started: \(first)")
    }

    /// A Service or PoolService is gone, by its name in the allocator's book.
    mutating func removeHolder(_ key: ObjectKey, at now: Instant) -> [ControllerEffect] {
        allocator.release(key, at: now)
        told[key] = nil
        pendingReports[key] = nil
        conditionsUnderWay.remove(key)
        toldDeprecations[key] = nil
        return [.forget(WorkKey(holder: key))]
    }

    private mutating func deprecations(of holder: AddressHolder, _ claim: ServiceClaim) -> [ControllerEffect] {
        guard case .request = claim else { return [] }
        let service = holder.service
        let keys = ServiceAnnotations.deprecatedKeys(in: service.metadata.annotations)
        if keys.isEmpty { return [] }
        let fresh = keys.filter { toldDeprecations[service.key]?.contains($0) != true }
        toldDeprecations[service.key, default: []].formUnion(fresh)
        return fresh.flatMap { ServiceReports(holder).deprecated($0) }.map(ControllerEffect.report)
    }

    mutating func waitingEffects() -> [ControllerEffect] {
        allocator.takeWaiting().map { .enqueue(WorkKey(holder: $0)) }
    }
}

extension Service {
    /// The addresses that its status names.
    var listedAddresses: [IPAddress] {
        ServiceRequest.StatusAddresses(status.loadBalancer?.ingress ?? []).addresses
    }
}

extension PoolService {
    /// The addresses that its status names.
    var listedAddresses: [IPAddress] {
        ServiceRequest.StatusAddresses(status.loadBalancer?.ingress ?? []).addresses
    }
}

extension ObjectMeta {
    /// True if both versions can be compared, as those of a Kubernetes API server can, and this one is the later.
    func isNewer(than other: ObjectMeta) -> Bool {
        guard let mine = UInt64(resourceVersion), let others = UInt64(other.resourceVersion) else { return false }
        return mine > others
    }
}
