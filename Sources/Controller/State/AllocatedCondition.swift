import Addresses
import Allocation
import KubernetesObjects
import Reasons

/// The condition `toono.io/Allocated` of a Service: whether it has its addresses, and if not, why.
enum AllocatedCondition {
    static let type = "toono.io/Allocated"

    /// The condition of a Service with addresses. It tells no numbers, so that it stays the same while it means the same.
    static func met(_ grant: AddressGrant, shortfall: AllocationRefusal?) -> Condition {
        let addresses = grant.addresses.map(\.description).joined(separator: " and ")
        let lack = shortfall.map { $0.stage == .reading ? "; ignored: \($0)" : "; no further address: \($0.reason)" }
        return Condition(
            type: type, status: "True", reason: "Allocated",
            message: "\(addresses) from pool \(grant.pool)" + (lack ?? ""))
    }

    /// The condition of a Service without.
    static func unmet(_ refusal: AllocationRefusal) -> Condition {
        Condition(type: type, status: "False", reason: refusal.reason.rawValue, message: refusal.message)
    }

    /// The Service's own, if the server keeps conditions of Services (Kubernetes 1.20 and later, by feature gate).
    static func present(on service: Service) -> Condition? {
        service.status.conditions?.first { $0.type == type }
    }

    /// The list of a Service's conditions with ours put in or, for nil, taken out. The time of transition stays where the
    /// status does.
    static func list(_ conditions: [Condition], with wanted: Condition?, at timestamp: String) -> [Condition] {
        var list = conditions.filter { $0.type != type }
        guard var wanted else { return list }
        let previous = conditions.first { $0.type == type }
        wanted.lastTransitionTime =
            previous?.status == wanted.status ? previous?.lastTransitionTime ?? timestamp : timestamp
        list.append(wanted)
        return list
    }
}
