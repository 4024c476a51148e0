import Reasons

/// What a Service is to us.
package enum ServiceClaim: Sendable, Hashable {
    /// It wants addresses.
    case request(ServiceRequest)
    /// It wants addresses, but is not in a state in which it could have any.
    case unentitled(AllocationRefusal)
    /// It wants none, or cannot say yet which.
    case unclaimed(ClearReason)
    /// Somebody else serves it.
    case foreign(AllocationRefusal)

    /// What it asks for, if it asks for anything.
    package var request: ServiceRequest? {
        if case .request(let request) = self { request } else { nil }
    }

    /// True if everything in its status is from us, or to be cleared by us.
    var isOurs: Bool {
        switch self {
        case .request, .unentitled, .unclaimed(.deleted): true
        case .unclaimed, .foreign: false
        }
    }

    /// Why a Service has nothing from us although nothing is refused.
    package enum ClearReason: String, Sendable, Hashable {
        /// It is not, or no longer, of type LoadBalancer.
        case notLoadBalancer
        /// The API server has not given it a cluster address yet.
        case noClusterAddress
        /// Its class is, or has become, another one's.
        case classNotOurs
        /// OpenYurt divides it among node pools and writes its status; its PoolServices have addresses in its place.
        case divided
        /// It is being deleted and waits for us to let go of it.
        case deleted
        /// It is a PoolService without a Service to stand for.
        case noService
    }
}

extension ServiceClaim {
    /// Not ours by its class.
    static func foreign(_ kind: String, ofClass own: String?, serving: String) -> ServiceClaim {
        .foreign(
            AllocationRefusal(
                .classNotOurs, .reading, subject: own ?? "",
                "the \(kind) has \(own.map { "class `\($0)`" } ?? "no class"), and this controller serves \(serving)"))
    }
}
