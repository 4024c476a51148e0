import Addresses
import Ranking
import Timing

/// All that a member knows of one VIP.
struct VIPRecord: Sendable {
    /// Another member's claim.
    struct Rival: Sendable, Hashable {
        let instance: InstanceID
        var claim: Claim
    }

    /// A hand-over under way.
    struct Handover: Sendable {
        var successor: InstanceID?
        var attempts = 0
        /// Members that did not take it in this round.
        var tried: Set<InstanceID> = []
        /// All members that were asked.
        var asked: Set<InstanceID> = []
        var nextAt: Instant
    }

    /// A deletion that a member with a newer configuration stated.
    struct Deletion: Sendable {
        let heardAt: Instant
    }

    /// What the configuration says; nil if nothing.
    var view: VIPView?
    var state: VIPState = .notCandidate(.notConfigured)
    /// The claim in force of this member.
    var claim: Claim?
    /// Claims of other members, live or not.
    var rivals: [Rival] = []
    /// The highest epoch known, from any table or the snapshot.
    var seen: UInt32 = 0
    /// The epoch of this node's own claim before it restarted, from the snapshot or a member's word.
    var formerEpoch: UInt32 = 0
    /// True while the kernel is to answer.
    var isProgrammed = false
    var handover: Handover?
    var deletion: Deletion?
    /// The pause after the next foreign answer to a probe.
    var backoff: Duration = .seconds(1)
    /// Moments at which a claim was lost to a better one, the last five.
    var losses: [Instant] = []
    var defendedAt: Instant?
    var strangerDefendedAt: Instant?
    /// What was reported last, so that only changes are.
    var reported: VIPStatus?

    mutating func setRival(_ instance: InstanceID, _ claim: Claim?) {
        let index = rivals.firstIndex { $0.instance == instance }
        switch (index, claim) {
        case (let index?, let claim?): rivals[index].claim = claim
        case (let index?, nil): rivals.remove(at: index)
        case (nil, let claim?): rivals.append(Rival(instance: instance, claim: claim))
        case (nil, nil): break
        }
        if let claim { seen = max(seen, claim.epoch) }
    }

    mutating func noteLoss(at now: Instant) {
        losses.append(now)
        if losses.count > Self.churnLimit { losses.removeFirst() }
    }

    /// Losses within the churn window that make a member stand back.
    static let churnLimit = 5
    static let churnWindow: Duration = .seconds(60)

    /// True if the member claimed and lost the VIP so often that it lets others try first.
    func isChurning(at now: Instant) -> Bool {
        losses.count == Self.churnLimit && now - losses[0] < Self.churnWindow
    }
}

/// A claim with what orders it among claims of the same VIP.
struct Standing: Sendable {
    let claim: Claim
    let nodeName: String
    let instance: InstanceID

    /// True if this claim holds against the other. Nothing here depends on configuration, so that both sides agree
    /// even when their configurations do not.
    func beats(_ other: Standing, for vip: IPAddress) -> Bool {
        if claim.isIsolated != other.claim.isIsolated { return other.claim.isIsolated }
        if claim.epoch != other.claim.epoch { return claim.epoch > other.claim.epoch }
        if nodeName != other.nodeName {
            return RankDigest(nodeName: nodeName, vip: vip) < RankDigest(nodeName: other.nodeName, vip: vip)
        }
        return instance > other.instance
    }
}
