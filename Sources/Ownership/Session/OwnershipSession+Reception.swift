import Addresses
import Ranking
import Timing

// What a member needs to hear before it claims alone: a deaf or mute node thinks everybody dead.
extension OwnershipSession {
    /// How old a frame or an answer may be to prove something.
    static let proofAge: Duration = .seconds(1)
    /// Questions unanswered for so long mean that this node is cut off; two of them may be lost by chance.
    static let cutOff: Duration = .milliseconds(400)

    /// True if nothing came since a node that once had company woke: perhaps it is deaf. What waited in the sockets was
    /// sent before.
    mutating func isPerhapsDeaf(wokenAt woke: Instant, at now: Instant) -> Bool {
        guard hadPeers, lastFrameAt.map({ $0 <= woke + .milliseconds(50) }) ?? true else { return false }
        seekReception(at: now)
        return true
    }

    /// What keeps this member from claiming although it is its turn. A sole candidate needs no proof.
    private mutating func pendingHold(for record: VIPRecord, at now: Instant) -> ElectionHold? {
        let isSoleCandidate = record.view?.candidates.allSatisfy { $0.nodeName == settings.nodeName } ?? true
        if isSoleCandidate { return nil }
        if let linkHold { return linkHold }
        let hold = holdOfLink(at: now)
        linkHold = .some(hold)
        return hold
    }

    private func holdOfLink(at now: Instant) -> ElectionHold? {
        if isIsolated(at: now) {
            guard hasReception(at: now) else { return .reception }
            return isBackInTouch(at: now) ? .acquaintance : nil
        }
        if isBackInTouch(at: now) || isMeetingSomebody(at: now) { return .acquaintance }
        guard isHeardByNobody(at: now), settings.gateway != nil else { return nil }
        return lastAnswerAt.map { now - $0 <= Self.proofAge } ?? false ? nil : .answer
    }

    /// True while a node that was cut off has not had the time to hear the members again. The first frame that comes
    /// through may be the gateway's: claiming on it would take VIPs of members that speak a moment later.
    private func isBackInTouch(at now: Instant) -> Bool {
        guard let regainedAt else { return false }
        return now - regainedAt < max(settings.coldListening, acquaintance(peers.values))
    }

    /// How long these members need at most to be heard both ways and to tell their tables. Among hundreds that share
    /// out their echoes this would be half a minute: no election waits for so long.
    private func acquaintance(_ members: some Collection<PeerRecord>) -> Duration {
        let longest = members.map { $0.twoWayLimit(ownInterval: pace.used) }.max() ?? .zero
        return min(longest, Self.coldLimit) + Self.tableSpacing
    }

    /// True if no member has lately echoed this one. Where this node is mute the others are found deaf one after the
    /// other: the last of them must not make it believe that it is heard, so one round of hellos has to do.
    private func isHeardByNobody(at now: Instant) -> Bool {
        !peers.values.contains { peer in
            guard peer.isLive, let proven = peer.provenAt else { return false }
            return now - proven <= peer.twoWayLimit(ownInterval: pace.used, rounds: 1)
        }
    }

    /// True if nothing says that this node is part of the link: it hears no member although it knew some, or hears
    /// some of which none hears it and has no gateway to ask. What it claims then is marked as isolated.
    func isUnconfirmed(at now: Instant) -> Bool {
        if hadPeers && isIsolated(at: now) { return true }
        let isHearing = peers.values.contains { $0.heard != nil }
        return isHearing && isHeardByNobody(at: now) && settings.gateway == nil
    }

    /// A frame of another station came.
    mutating func noteFrame(at now: Instant) {
        if let sought = receptionSoughtAt, now - sought >= Self.cutOff, lastFrameAt.map({ $0 < sought }) ?? true {
            regainedAt = now
        }
        lastFrameAt = now
    }

    /// Somebody answered a question of ours.
    private mutating func noteOwnAnswer(at now: Instant) {
        if let sought = answerSoughtAt, now - sought >= Self.cutOff { regainedAt = now }
        answerSoughtAt = nil
        lastAnswerAt = now
    }

    /// True while members that came into hearing have had no time yet to be heard both ways and to tell their claims.
    /// After a deaf or mute time, or when two parts of a link meet, claiming in this moment would take VIPs that have
    /// an owner. The member heard first may not be that owner, so all have the same time.
    private func isMeetingSomebody(at now: Instant) -> Bool {
        if let electionsFrom, now < electionsFrom { return true }
        if let companySince, now - companySince < acquaintance(peers.values) { return true }
        return peers.values.contains { peer in
            // One that begins with nothing owns nothing.
            guard let since = peer.heardSince, let heard = peer.heard, !peer.isLive || !peer.isInSync,
                !peer.flags.contains(.listening)
            else { return false }
            // One that is heard both ways answers; what it owns is worth the wait.
            let patience =
                peer.isLive ? Self.coldLimit : acquaintance(CollectionOfOne(peer)) + Self.requestWindow
            return now - since < patience && now - heard < peer.interval * peer.multiplier
        }
    }

    /// The same, and asks around for the missing proof.
    mutating func electionHold(for record: VIPRecord, at now: Instant) -> ElectionHold? {
        let hold = pendingHold(for: record, at: now)
        answerSoughtAt = hold == .answer ? answerSoughtAt ?? now : nil
        if hold == .reception || hold == .answer { seekReception(at: now) }
        return hold
    }

    /// True if some station was heard since the members fell silent. Where no gateway could have been asked, any frame
    /// of the last second has to do.
    private func hasReception(at now: Instant) -> Bool {
        guard let frame = lastFrameAt, now - frame <= Self.proofAge else { return false }
        guard settings.gateway != nil else { return true }
        return receptionSoughtAt.map { frame >= $0 } ?? false
    }

    /// Asks the gateway and the known members for a sign of life, a few times a second at most.
    mutating func seekReception(at now: Instant) {
        if receptionSoughtAt == nil { receptionSoughtAt = now }
        if let asked = receptionAskedAt, now - asked < .milliseconds(200) { return }
        receptionAskedAt = now
        let members = Set(knownMembers.values).sorted()
        out.append(.seekReception((settings.gateway.map { [$0] } ?? []) + members))
    }

    /// A station said that it has an address.
    mutating func observe(_ observation: NeighborObservation, at now: Instant) {
        guard observation.ethernetSource != settings.mac, hasCarrier else { return }
        noteFrame(at: now)
        if observation.answersUs { noteOwnAnswer(at: now) }
        noteAnswer(observation)
        guard var record = vips[observation.address] else { return }
        switch record.state {
        case .probing:
            record.state = .backingOff(observation.hardwareAddress)
            timers.set(.vip(observation.address), at: now + record.backoff)
            // A member's kernel answers before its claim is heard, and until its lease ends; later it is in the way.
            let isMember = peers.values.contains { $0.mac == observation.hardwareAddress }
            if !isMember || record.backoff > settings.lease {
                out.report(.addressInUse(observation.address, observation.hardwareAddress))
            }
            record.backoff = min(record.backoff * 2, .seconds(60))
        case .owning, .handingOver:
            defend(observation, &record, at: now)
        default: return
        }
        noteStatus(observation.address, &record)
        vips[observation.address] = record
    }

    /// The answer of a silent member's kernel. It counts only if frame and packet name the member's own MAC address.
    private mutating func noteAnswer(_ observation: NeighborObservation) {
        for id in asked {
            guard var peer = peers[id], peer.questions?.vip == observation.address,
                peer.mac == observation.ethernetSource, peer.mac == observation.hardwareAddress
            else { continue }
            let asked = peer.questions?.asked
            peer.questions?.answered = asked
            peers[id] = peer
        }
    }

    /// A stranger uses a VIP of ours: neighbours are told anew, now and then. Members settle it by their claims.
    private mutating func defend(_ observation: NeighborObservation, _ record: inout VIPRecord, at now: Instant) {
        guard !peers.values.contains(where: { $0.mac == observation.hardwareAddress }),
            record.strangerDefendedAt.map({ now - $0 >= .seconds(10) }) ?? true
        else { return }
        record.strangerDefendedAt = now
        out.announceBurst(observation.address)
        out.report(.stranger(observation.address, observation.hardwareAddress))
    }
}
