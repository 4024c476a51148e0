import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons

/// A route to one peer. Hashed several times for each route of each Service, so peers are numbers in it.
struct RouteKey: Sendable, Hashable {
    var peer: Int
    var prefix: IPPrefix

    func hash(into hasher: inout Hasher) {
        hasher.combine(peer &* 256 &+ prefix.length)
        hasher.combine(prefix.address.bits)
    }
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
struct SharedRoute: Sendable {
    private enum Claims: Sendable {
        case none
        /// By far the most routes are one Service's own.
        case one(Claimant, RouteAttributes)
        case several([RouteAttributes: Set<Claimant>])
    }

    private var claims = Claims.none
    /// True from a change to `settle`.
    private var isStale = false
    /// What the peer gets since the last `settle`; nil for nothing.
    private(set) var attributes: RouteAttributes?
    /// Who asks for what does not go together with what those before him, in order of name, ask for.
    private(set) var overruled: [Claimant: BGPEligibility.Refusal] = [:]

    /// Adds a claimant.
    /// - Returns: true if this is the first change since the last `settle`.
    mutating func add(_ claimant: Claimant, _ attributes: RouteAttributes) -> Bool {
        defer { isStale = true }
        if case .none = claims {
            claims = .one(claimant, attributes)
            return !isStale
        }
        var groups = takeGroups()
        groups[attributes, default: []].insert(claimant)
        claims = .several(groups)
        return !isStale
    }

    /// Removes a claimant.
    /// - Returns: true if this is the first change since the last `settle`.
    mutating func remove(_ claimant: Claimant, _ attributes: RouteAttributes) -> Bool {
        defer { isStale = true }
        var groups = takeGroups()
        groups[attributes]?.remove(claimant)
        if groups[attributes]?.isEmpty == true { groups[attributes] = nil }
        if groups.isEmpty {
            claims = .none
        } else if groups.count == 1, let (rest, claimants) = groups.first, claimants.count == 1,
            let last = claimants.first
        {
            claims = .one(last, rest)
        } else {
            claims = .several(groups)
        }
        return !isStale
    }

    /// Puts together what is asked for, once for a batch of changes, so that a big aggregate is not put together for
    /// each of its addresses. Every node comes to the same outcome, whatever it learned first: those earlier in order
    /// of name have their way.
    mutating func settle() {
        isStale = false
        overruled = [:]
        switch claims {
        case .none: attributes = nil
        case .one(_, let only): attributes = only
        case .several(let groups): if groups.count == 1 { attributes = groups.first?.key } else { merge(groups) }
        }
    }

    private mutating func merge(_ groups: [RouteAttributes: Set<Claimant>]) {
        let ordered = groups.compactMap { attributes, claimants in
            claimants.min().map { (first: $0, attributes: attributes, claimants: claimants) }
        }.sorted { $0.first < $1.first }
        guard let leader = ordered.first else { return }
        var merged = leader.attributes
        for group in ordered.dropFirst() {
            do throws(RouteAttributes.Conflict) {
                merged = try merged.merged(with: group.attributes)
            } catch {
                let refusal = BGPEligibility.Refusal(
                    .conflictingAdvertisements,
                    "Service \(leader.first.service), which has the same route, and this one give it \(error)")
                for claimant in group.claimants { overruled[claimant] = refusal }
            }
        }
        attributes = merged
    }

    /// The claims, which stay nowhere else, so that changing them copies nothing.
    private mutating func takeGroups() -> [RouteAttributes: Set<Claimant>] {
        defer { claims = .none }
        return switch claims {
        case .none: [:]
        case .one(let claimant, let attributes): [attributes: [claimant]]
        case .several(let groups): groups
        }
    }
}
