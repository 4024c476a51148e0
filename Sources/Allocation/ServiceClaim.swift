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

    /// True if everything in its status is from us, or to be cleared by us.
    var isOurs: Bool {
        switch self {
        case .request, .unentitled: true
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
    }
}
