import Addresses
import Ranking
import Timing

// The state of each VIP: who may, who has it, whose turn it is.
extension OwnershipSession {
    /// Between two looks at what keeps an election from its end.
    static let holdRetry: Duration = .milliseconds(50)
    /// How long others have time to take a VIP that this member keeps losing.
    static let churnPause: Duration = .seconds(1)
    /// A winner announces again at most this often a VIP.
    static let defencePause: Duration = .milliseconds(500)

    var isListening: Bool {
        if case .listening = phase { return true }
        return phase == .idle
    }

    /// The best claim of a live member.
    func strongestRival(of record: VIPRecord, _ vip: IPAddress) -> Standing? {
        var best: Standing?
        for rival in record.rivals {
            guard let peer = peers[rival.instance], peer.isTrusted else { continue }
            let standing = Standing(claim: rival.claim, nodeName: peer.nodeName, instance: rival.instance)
            if best.map({ standing.beats($0, for: vip) }) ?? true { best = standing }
        }
        return best
    }

    /// Why this member does not stand for the VIP; nil if it does.
    func obstacle(for record: VIPRecord) -> NotCandidateReason? {
        if isRestarting { return .restarting }
        if isLeaving { return .leaving }
        if !hasCarrier { return .linkDown }
        guard let view = record.view else { return .notConfigured }
        if isQuiesced { return .quiesced }
        if duplicate != nil { return .duplicateNodeName }
        if case .notEligible(let reason) = view.eligibility { return .notEligible(reason) }
        if record.deletion != nil { return .deletedElsewhere }
        if record.claim == nil && record.seen + 1 >= Claim.epochLimit { return .epochsExhausted }
        return nil
    }

    /// Brings a VIP's state in line with what is known now.
    mutating func evaluate(_ vip: IPAddress, at now: Instant) {
        guard var record = vips[vip] else { return }
        let rival = strongestRival(of: record, vip)
        switch record.state {
        case .owning, .handingOver: defendOrYield(vip, &record, rival, at: now)
        case .adopted:
            if let rival {
                release(vip, &record, .ownedBy(rival.nodeName), at: now)
                record.state = .standby
            } else if !isListening || isLeaving || record.view == nil && phase == .running {
                endAdoption(vip, &record, at: now)
            }
        case .lingering: break
        default: stand(vip, &record, rival, at: now)
        }
        noteStatus(vip, &record)
        vips[vip] = record
    }

    /// The state of a VIP that this member does not answer for.
    mutating func stand(_ vip: IPAddress, _ record: inout VIPRecord, _ rival: Standing?, at now: Instant) {
        let waiting: VIPState?
        if let obstacle = obstacle(for: record) {
            waiting = .notCandidate(obstacle)
        } else if rival != nil {
            waiting = .standby
        } else {
            waiting = isListening ? .listening : nil
        }
        if let waiting {
            record.state = waiting
            timers.cancel(.vip(vip))
            return
        }
        switch record.state {
        case .electing, .probing, .backingOff: break
        default: beginElection(vip, &record, at: now)
        }
    }

    /// Waits for the turn that this member's place among the live candidates gives it.
    private mutating func beginElection(_ vip: IPAddress, _ record: inout VIPRecord, at now: Instant) {
        var delay = electionSlot * position(for: vip, record)
        if record.isChurning(at: now) { delay += Self.churnPause }
        record.state = .electing(.turn)
        if delay > .zero || isLate(at: now) {
            timers.set(.vip(vip), at: now + delay)
        } else {
            takeTurn(vip, &record, at: now)
        }
    }

    /// The number of live candidates that go before this member.
    private func position(for vip: IPAddress, _ record: VIPRecord) -> Int {
        guard let view = record.view else { return 0 }
        let others = view.candidates.filter { $0.nodeName != settings.nodeName && electableNames.contains($0.nodeName) }
        guard !others.isEmpty else { return 0 }
        let own = view.candidates.first { $0.nodeName == settings.nodeName }
        let rank = Rank(nodeName: settings.nodeName, vip: vip, score: own?.score ?? 0)
        return others.count { Rank(nodeName: $0.nodeName, vip: vip, score: $0.score) < rank }
    }

    /// This member's turn: claims, unless something has to come before.
    private mutating func takeTurn(_ vip: IPAddress, _ record: inout VIPRecord, at now: Instant) {
        if let hold = electionHold(for: record, at: now) {
            record.state = .electing(hold)
            timers.set(.vip(vip), at: now + Self.holdRetry)
        } else if record.seen == 0 {
            record.state = .probing
            out.probe(vip)
            timers.set(.vip(vip), at: now + settings.probe)
        } else {
            claim(vip, &record, epoch: record.seen + 1, at: now)
        }
    }

    /// The time that was set for a VIP has come.
    mutating func vipTick(_ vip: IPAddress, at now: Instant) {
        guard var record = vips[vip] else { return }
        switch record.state {
        case .electing, .backingOff: takeTurn(vip, &record, at: now)
        case .probing: claim(vip, &record, epoch: record.seen + 1, at: now)
        case .lingering:
            record.isProgrammed = false
            programmed.remove(vip)
            let heir = strongestRival(of: record, vip)?.nodeName
            out.withdraw(vip, heir.map { .handedOver($0) } ?? .notCandidate(obstacle(for: record) ?? .notConfigured))
            record.state = .notCandidate(obstacle(for: record) ?? .notConfigured)
            dirty.insert(vip)
        default: break
        }
        noteStatus(vip, &record)
        vips[vip] = record
    }

    /// Claims a VIP and answers for it.
    mutating func claim(_ vip: IPAddress, _ record: inout VIPRecord, epoch: UInt32, at now: Instant) {
        let claim = Claim(epoch: epoch, isIsolated: isUnconfirmed(at: now))
        state(claim, of: vip, &record, at: now)
        counters.claims += 1
        out.announceBurst(vip)
    }

    /// Enters a claim of our own, and has the kernel answer.
    mutating func state(_ claim: Claim, of vip: IPAddress, _ record: inout VIPRecord, at now: Instant) {
        record.claim = claim
        record.seen = max(record.seen, claim.epoch)
        record.state = .owning
        record.handover = nil
        record.isProgrammed = true
        record.backoff = .seconds(1)
        if claim.isIsolated { isolated.insert(vip) } else { isolated.remove(vip) }
        handingOver.remove(vip)
        timers.cancel(.vip(vip))
        ownTable.set(vip, claim, at: now)
        programmed.insert(vip)
        ensureLease(at: now)
        out.program(vip)
        isHelloDue = true
    }

    /// Lets a VIP go: no claim, no answers. The caller sets the state.
    mutating func release(
        _ vip: IPAddress, _ record: inout VIPRecord, _ reason: WithdrawalReason, deletion: Bool = false, at now: Instant
    ) {
        dropClaim(vip, &record, deletion: deletion, at: now)
        timers.cancel(.vip(vip))
        if record.isProgrammed { out.withdraw(vip, reason) }
        record.isProgrammed = false
        programmed.remove(vip)
    }

    /// Takes a claim out of the table.
    mutating func dropClaim(_ vip: IPAddress, _ record: inout VIPRecord, deletion: Bool = false, at now: Instant) {
        record.handover = nil
        handingOver.remove(vip)
        isolated.remove(vip)
        guard let claim = record.claim else { return }
        record.claim = nil
        if deletion { deletionsUntil[vip] = now + Self.deletionMemory }
        ownTable.set(vip, deletion ? Claim(epoch: claim.epoch, isDeletion: true) : nil, at: now)
        isHelloDue = true
    }

    private mutating func defendOrYield(
        _ vip: IPAddress, _ record: inout VIPRecord, _ rival: Standing?, at now: Instant
    ) {
        if let rival, let claim = record.claim {
            let own = Standing(claim: claim, nodeName: settings.nodeName, instance: instance)
            if rival.beats(own, for: vip) {
                yield(vip, &record, to: rival, at: now)
                return
            }
            if record.defendedAt.map({ now - $0 >= Self.defencePause }) ?? true {
                record.defendedAt = now
                out.announceBurst(vip)
                isHelloDue = true
            }
        }
        switch obstacle(for: record) {
        case nil:
            if case .handingOver = record.state { cancelHandover(vip, &record) }
        case .restarting, .linkDown: break
        case let reason?: giveUp(vip, &record, reason, at: now)
        }
    }

    /// A better claim is there: lets go at once, or after a moment if it is the successor that was asked for.
    private mutating func yield(_ vip: IPAddress, _ record: inout VIPRecord, to rival: Standing, at now: Instant) {
        guard record.handover?.asked.contains(rival.instance) ?? false else {
            counters.losses += 1
            record.noteLoss(at: now)
            release(vip, &record, .ownedBy(rival.nodeName), at: now)
            record.state = .standby
            stand(vip, &record, rival, at: now)
            return
        }
        dropClaim(vip, &record, at: now)
        record.state = .lingering
        timers.set(.vip(vip), at: now + settings.linger)
    }

    /// A member that may not own it any more: hands over, or lets go where nobody else may.
    private mutating func giveUp(
        _ vip: IPAddress, _ record: inout VIPRecord, _ reason: NotCandidateReason, at now: Instant
    ) {
        if reason == .notConfigured || record.view?.candidates.isEmpty ?? true {
            release(vip, &record, .notCandidate(reason), at: now)
            record.state = .notCandidate(reason)
        } else {
            beginHandover(vip, &record, reason, at: now)
        }
    }
}
