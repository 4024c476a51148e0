import Addresses
import Ranking
import Timing

// What a member needs to hear before it claims alone: a deaf or mute node thinks everybody dead.
extension OwnershipSession {
    /// How old a frame or an answer may be to prove something.
    static let proofAge: Duration = .seconds(1)

    /// What keeps this member from claiming although it is its turn.
    func pendingHold(for record: VIPRecord, at now: Instant) -> ElectionHold? {
        let isSoleCandidate = record.view?.candidates.allSatisfy { $0.nodeName == settings.nodeName } ?? true
        if isSoleCandidate { return nil }
        if isIsolated(at: now) { return hasReception(at: now) ? nil : .reception }
        if isMeetingSomebody(at: now) { return .acquaintance }
        let isMuteForAll = !peers.values.contains { $0.isLive }
        guard isMuteForAll, settings.gateway != nil else { return nil }
        return lastAnswerAt.map { now - $0 <= Self.proofAge } ?? false ? nil : .answer
    }

    /// True while members that came into hearing have had no time yet to be heard both ways and to tell their claims.
    /// After a deaf or mute time, or when two parts of a link meet, claiming in this moment would take VIPs that have
    /// an owner. The member heard first may not be that owner, so all have the same time.
    private func isMeetingSomebody(at now: Instant) -> Bool {
        if let electionsFrom, now < electionsFrom { return true }
        let longest = peers.values.map { $0.twoWayLimit(ownInterval: pace.used) }.max() ?? .zero
        if let companySince, now - companySince < longest + Self.tableSpacing { return true }
        return peers.values.contains { peer in
            guard let since = peer.heardSince, let heard = peer.heard, !peer.isLive || !peer.isInSync else {
                return false
            }
            let limit = peer.twoWayLimit(ownInterval: pace.used) + Self.requestWindow + Self.tableSpacing
            return now - since < limit && now - heard < peer.interval * peer.multiplier
        }
    }

    /// The same, and asks around for the missing proof.
    mutating func electionHold(for record: VIPRecord, at now: Instant) -> ElectionHold? {
        let hold = pendingHold(for: record, at: now)
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
        lastFrameAt = now
        if observation.answersUs { lastAnswerAt = now }
        noteAnswer(observation)
        guard var record = vips[observation.address] else { return }
        switch record.state {
        case .probing:
            record.state = .backingOff(observation.hardwareAddress)
            timers.set(.vip(observation.address), at: now + record.backoff)
            record.backoff = min(record.backoff * 2, .seconds(60))
            out.report(.addressInUse(observation.address, observation.hardwareAddress))
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
