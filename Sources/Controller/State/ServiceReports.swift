import Addresses
import Allocation
import KubernetesClient
import KubernetesObjects

/// The events that tell of a Service's allocation, under MetalLB's names. Each message carries the name of the reason.
struct ServiceReports {
    private let name: String
    private let references: [ObjectReference]
    private let nodePool: String?

    init(_ holder: AddressHolder) {
        name = "\(holder.service.key)"
        references = holder.references
        nodePool = holder.poolService?.nodePool
    }

    /// Of a PoolService its Service is told too, with the name of the node pool.
    private func report(_ level: EventReport.Level, _ reason: String, _ message: String) -> [EventReport] {
        references.enumerated().map { index, reference in
            let prefix = index == 0 ? "" : nodePool.map { "node pool \($0): " } ?? ""
            return EventReport(level: level, reason: reason, message: prefix + message, regarding: reference)
        }
    }

    /// Addresses that the Service did not have before; `additional` if it had another one.
    func allocated(_ addresses: [IPAddress], isAdditional: Bool) -> [EventReport] {
        let list = addresses.map { "\"\($0)\"" }.joined(separator: " ")
        return report(.normal, "IPAllocated", isAdditional ? "Assigned additional IP \(list)" : "Assigned IP [\(list)]")
    }

    /// What the Service had is taken away.
    func cleared(_ refusal: AllocationRefusal) -> [EventReport] {
        report(
            .normal, "ClearAssignment",
            "current IP for \"\(name)\" not allowed by config, will attempt for new IP assignment: \(refusal)")
    }

    /// What the Service asks for is refused.
    func refused(_ refusal: AllocationRefusal) -> [EventReport] {
        switch refusal.stage {
        case .reading:
            report(.warning, "LoadBalancerFailed", "invalid requested loadbalancer IPs: \(refusal)")
        case .families:
            report(
                .warning, "noclusterIPsIPFamily",
                "Failed to retrieve ClusterIPs IPFamily for \"\(name)\": \(refusal)")
        case .dualStack:
            report(
                .warning, "not enough clusterips", "Service requires dual stack but not enough clusterips: \(refusal)")
        case .additional:
            report(
                .normal, "AdditionalAssignFailed", "cannot assign additional IP in PreferDualStack: \(refusal)")
        case .allocation, .retention:
            report(.warning, "AllocationFailed", "Failed to allocate IP for \"\(name)\": \(refusal)")
        }
    }

    /// The Service carries an annotation with the prefix that MetalLB has given up.
    func deprecated(_ annotation: String) -> [EventReport] {
        let current = ServiceAnnotations.prefix + annotation.dropFirst(ServiceAnnotations.deprecatedPrefix.count)
        return report(
            .warning, "deprecatedAnnotation",
            "Service uses deprecated annotation \(annotation); it still counts, use \(current)")
    }
}
