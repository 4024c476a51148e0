import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons

/// A route to one peer.
struct RouteKey: Sendable, Hashable {
    var peer: String
    var prefix: IPPrefix
}

/// One address of one Service, which asks for routes.
struct Claimant: Sendable, Hashable, Comparable {
    var service: ObjectKey
    var address: IPAddress

    static func < (left: Claimant, right: Claimant) -> Bool {
        (left.service, left.address) < (right.service, right.address)
    }
}

/// Everybody who asks for one route: Services that share an address, or that lie in one aggregate. The route is there
/// as long as one of them is.
enum SharedRoute: Sendable, Hashable {
    /// By far the most routes are one Service's own.
    case one(Claimant, RouteAttributes)
    case several([RouteAttributes: Set<Claimant>])

    /// What comes of all that is asked for.
    struct Outcome: Sendable, Hashable {
        var attributes: RouteAttributes
        /// Who asks for what does not go together with what those before him, in order of name, ask for.
        var overruled: [Claimant: BGPEligibility.Refusal] = [:]
    }

    /// Adds a claimant. All of a batch are added before the outcome is looked at, so that a big aggregate is not put
    /// together once for each.
    mutating func add(_ claimant: Claimant, _ attributes: RouteAttributes) {
        var groups = takeGroups()
        groups[attributes, default: []].insert(claimant)
        self = .several(groups)
    }

    /// Removes a claimant.
    /// - Returns: true if he was the last.
    mutating func remove(_ claimant: Claimant, _ attributes: RouteAttributes) -> Bool {
        var groups = takeGroups()
        groups[attributes]?.remove(claimant)
        if groups[attributes]?.isEmpty == true { groups[attributes] = nil }
        if groups.count == 1, let (rest, claimants) = groups.first, claimants.count == 1, let last = claimants.first {
            self = .one(last, rest)
        } else {
            self = .several(groups)
        }
        return groups.isEmpty
    }

    /// The claimants, which stay nowhere else, so that changing them copies nothing.
    private mutating func takeGroups() -> [RouteAttributes: Set<Claimant>] {
        switch self {
        case .one(let claimant, let attributes): return [attributes: [claimant]]
        case .several(let groups):
            self = .several([:])
            return groups
        }
    }

    /// Puts together what is asked for. Every node comes to the same outcome, whatever it learned first: those earlier
    /// in order of name have their way.
    var outcome: Outcome? {
        switch self {
        case .one(_, let attributes): return Outcome(attributes: attributes)
        case .several(let groups):
            if groups.count == 1 { return groups.first.map { Outcome(attributes: $0.key) } }
            return merge(groups)
        }
    }

    private func merge(_ groups: [RouteAttributes: Set<Claimant>]) -> Outcome? {
        let ordered = groups.compactMap { attributes, claimants in
            claimants.min().map { (first: $0, attributes: attributes, claimants: claimants) }
        }.sorted { $0.first < $1.first }
        guard let leader = ordered.first else { return nil }
        var outcome = Outcome(attributes: leader.attributes)
        for group in ordered.dropFirst() {
            do throws(RouteAttributes.Conflict) {
                outcome.attributes = try outcome.attributes.merged(with: group.attributes)
            } catch {
                let refusal = BGPEligibility.Refusal(
                    .conflictingAdvertisements,
                    "Service \(leader.first.service), which has the same route, and this one give it \(error)")
                for claimant in group.claimants { outcome.overruled[claimant] = refusal }
            }
        }
        return outcome
    }
}
