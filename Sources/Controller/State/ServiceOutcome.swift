import Addresses
import Allocation
import KubernetesClient
import KubernetesObjects

/// What a decision means for a Service or PoolService as the API shows it: the change of its status, if one is due, and what to tell.
struct ServiceOutcome {
    /// A merge patch of the Service's status; nil if it says everything already.
    private(set) var patch: JSONValue?
    /// To be told once the patch is written, or at once without one.
    private(set) var reports: [EventReport] = []
    /// True if the patch carries our condition.
    private(set) var hasCondition = false

    private let holder: AddressHolder
    private var service: Service { holder.service }
    private let timestamp: String
    private var status: [String: JSONValue] = [:]
    private var annotation: JSONValue?

    /// - Parameters:
    ///   - held: what the Service had by the book before the decision.
    ///   - told: the refusal that was told last in this process.
    ///   - keepsConditions: false if the server drops conditions of Services.
    ///   - timestamp: now, RFC 3339.
    init(
        _ holder: AddressHolder, _ decision: AllocationDecision, held: [IPAddress], told: AllocationRefusal?,
        keepsConditions: Bool, timestamp: String
    ) {
        self.holder = holder
        self.timestamp = timestamp
        let condition: Condition?
        switch decision {
        case .keep(let grant, let shortfall), .assign(let grant, _, let shortfall):
            setIngress(grant.addresses)
            setPool(grant.pool)
            condition = AllocatedCondition.met(grant, shortfall: shortfall)
        case .refuse(let refusal, _):
            setIngress([])
            setPool(nil)
            condition = AllocatedCondition.unmet(refusal)
        case .clear(.divided):
            // Everything in it is OpenYurt's to write from here on.
            return
        case .clear(let reason):
            leave(reason, held: held)
            condition = nil
        }
        tell(decision, told: told, condition)
        if keepsConditions || holder.poolService != nil,
            condition != nil || AllocatedCondition.present(on: service) != nil
        {
            setCondition(
                condition, isNews: decision.refusal.map { !$0.isSame(as: told) } ?? false, hasTold: told != nil)
        }
        finish()
    }

    private mutating func finish() {
        guard annotation != nil || !status.isEmpty else { return }
        var metadata: [String: JSONValue] = [:]
        // With the version in the patch the server refuses it if the Service has changed.
        if !service.metadata.resourceVersion.isEmpty {
            metadata["resourceVersion"] = .string(service.metadata.resourceVersion)
        }
        if let annotation { metadata["annotations"] = [ServiceAnnotations.allocatedFromPool: annotation] }
        patch = ["metadata": .object(metadata), "status": .object(status)]
    }

    // MARK: addresses

    private mutating func setIngress(_ wanted: [IPAddress]) {
        let present = service.status.loadBalancer?.ingress ?? []
        if ServiceRequest.StatusAddresses(present).lists(wanted) { return }
        setEntries(
            wanted.map { address in
                // An entry that stays keeps what the server or a person has added to it.
                present.first { $0.ip == address.description && ($0.hostname ?? "").isEmpty }
                    ?? Service.Ingress(ip: address.description)
            })
    }

    private mutating func setEntries(_ entries: [Service.Ingress]) {
        // In a merge patch, null removes.
        status["loadBalancer"] = ["ingress": entries.isEmpty ? .null : .array(entries.map(Self.json))]
    }

    private static func json(_ entry: Service.Ingress) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if let ip = entry.ip { members["ip"] = .string(ip) }
        if let hostname = entry.hostname { members["hostname"] = .string(hostname) }
        if let ipMode = entry.ipMode { members["ipMode"] = .string(ipMode) }
        return .object(members)
    }

    private mutating func setPool(_ pool: String?) {
        // Only a Service's annotations come along with its status.
        if holder.poolService != nil { return }
        let present = service.metadata.annotations[ServiceAnnotations.allocatedFromPool]
        if present != pool { annotation = pool.map { .string($0) } ?? .null }
    }

    /// Takes away from a Service what is ours, and nothing else.
    private mutating func leave(_ reason: ServiceClaim.ClearReason, held: [IPAddress]) {
        let present = service.status.loadBalancer?.ingress ?? []
        let isMarked =
            AllocatedCondition.present(on: service) != nil || !held.isEmpty
            || (reason != .classNotOurs && service.metadata.annotations[ServiceAnnotations.allocatedFromPool] != nil)
        guard isMarked else { return }
        setPool(nil)
        let others =
            reason == .classNotOurs
            ? present.filter { entry in held.allSatisfy { $0.description != entry.ip } } : []
        if others.count < present.count { setEntries(others) }
    }

    // MARK: condition and events

    private mutating func setCondition(_ wanted: Condition?, isNews: Bool, hasTold: Bool) {
        let present = AllocatedCondition.present(on: service)
        if let wanted, let present, wanted.status == present.status, wanted.reason == present.reason {
            // The message of a refusal has numbers in it; it is written anew only with news. After a start nothing has
            // been told yet, and what stands there is taken for it.
            let isSame = wanted.message == present.message || (wanted.status == "False" && (!isNews || !hasTold))
            if isSame { return }
        }
        let list = AllocatedCondition.list(service.status.conditions ?? [], with: wanted, at: timestamp)
        status["conditions"] = .array(list.map(\.json))
        hasCondition = wanted != nil
    }

    private mutating func tell(_ decision: AllocationDecision, told: AllocationRefusal?, _ condition: Condition?) {
        let texts = ServiceReports(holder)
        let listed = ServiceRequest.StatusAddresses(service.status.loadBalancer?.ingress ?? []).addresses
        if let replacing = decision.replacing, !listed.isEmpty { reports += texts.cleared(replacing) }
        if let grant = decision.grant {
            let fresh = grant.addresses.filter { !listed.contains($0) }
            if !fresh.isEmpty {
                reports += texts.allocated(fresh, isAdditional: fresh.count < grant.addresses.count)
            }
        }
        guard let refusal = decision.refusal, !refusal.isSame(as: told) else { return }
        // What the condition says already was told by the process before this one.
        let present = AllocatedCondition.present(on: service)
        let wasTold =
            told == nil && present?.status == condition?.status && present?.reason == condition?.reason
            && (condition?.status == "False" || present?.message == condition?.message)
        if !wasTold { reports += texts.refused(refusal) }
    }
}
