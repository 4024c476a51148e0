import Addresses
import Timing

// The process and its link: start, sleep, carrier, restart, end.
extension OwnershipSession {
    /// A longer sleep than this may have cost the lease, and others may have taken over.
    static let longSleep: Duration = .milliseconds(2500)
    /// Listening for members that are missing ends then.
    static let coldLimit: Duration = .seconds(5)
    /// How long a deletion stays in the table.
    static let deletionMemory: Duration = .seconds(24 * 3600)

    mutating func start(kernelHolds held: [IPAddress], _ snapshot: OwnershipSnapshot, at now: Instant) {
        guard phase == .idle else { return }
        for entry in snapshot.entries {
            var record = vips[entry.vip] ?? VIPRecord()
            record.seen = min(entry.seen, Claim.epochLimit - 2)
            record.formerEpoch = min(entry.own ?? 0, record.seen)
            vips[entry.vip] = record
            if entry.isDeleted && record.view == nil {
                deletionsUntil[entry.vip] = now + Self.deletionMemory
                ownTable.set(entry.vip, Claim(epoch: record.seen, isDeletion: true), at: now)
            }
        }
        for member in snapshot.members where member.nodeName != settings.nodeName {
            knownMembers[member.nodeName] = member.address
        }
        hadPeers = !knownMembers.isEmpty
        for vip in held {
            vips[vip, default: VIPRecord()].state = .adopted
            vips[vip]?.isProgrammed = true
            programmed.insert(vip)
        }
        listen(held.isEmpty ? .cold : .adopting, at: now)
        electionsFrom = now + settings.coldListening
        if !held.isEmpty { ensureLease(at: now) }
        timers.set(.sweep, at: now + .seconds(1))
        timers.set(.announcement, at: now + .seconds(60))
        lastHelloTick = now
    }

    private mutating func listen(_ kind: Listening.Kind, at now: Instant) {
        phase = .listening(.init(kind: kind, since: now))
        let duration =
            kind == .cold ? settings.coldListening : max(settings.adoptingListening, pace.used * 3)
        timers.set(.listening, at: now + duration)
        isHelloDue = true
        dirty.formUnion(vips.keys)
    }

    /// Ends listening, unless somebody is missing whose claims matter.
    mutating func listeningTick(at now: Instant) {
        guard case .listening(let listening) = phase else { return }
        let limit = max(Self.coldLimit, settings.coldListening)
        if now - listening.since < limit && isMissingSomebody(listening, at: now) {
            timers.set(.listening, at: min(now + .milliseconds(50), listening.since + limit))
            return
        }
        phase = .running
        isHelloDue = true
        dirty.formUnion(vips.keys)
    }

    /// True while a member that has to be heard before the first election is not, or while the table of one that is
    /// heard is not here. What was adopted is claimed without: others see the claim and settle it.
    private mutating func isMissingSomebody(_ listening: Listening, at now: Instant) -> Bool {
        let expected: Set<String>
        switch listening.kind {
        case .adopting: return false
        // Its kernel may answer still; without a sign that it hears anything the lease is left to end.
        case .waking: return isPerhapsDeaf(wokenAt: listening.since, at: now)
        case .cold: expected = Set(knownMembers.keys)
        case .returning: expected = carrierCompany
        }
        let heard = peers.values.filter { peer in
            peer.heard.map { now - $0 < peer.interval * peer.multiplier } ?? false
        }
        return !expected.isSubset(of: heard.map(\.nodeName)) || !heard.allSatisfy { $0.hellosHeard >= 3 && $0.isInSync }
    }

    /// Claims again what the kernel answered for all the time, or lets it go.
    mutating func endAdoption(_ vip: IPAddress, _ record: inout VIPRecord, at now: Instant) {
        let obstacle = obstacle(for: record)
        if obstacle == .notConfigured || obstacle == .deletedElsewhere {
            release(vip, &record, .notCandidate(obstacle ?? .notConfigured), at: now)
            stand(vip, &record, nil, at: now)
            return
        }
        guard kernelAnswers ?? leaseEndsAt.map({ now < $0 }) ?? false else {
            release(vip, &record, .leaseEnded, at: now)
            stand(vip, &record, nil, at: now)
            return
        }
        let epoch = record.claim?.epoch ?? max(record.formerEpoch, 1)
        state(Claim(epoch: epoch, isIsolated: isUnconfirmed(at: now)), of: vip, &record, at: now)
        if obstacle != nil { dirty.insert(vip) }
    }

    // MARK: - Sleep

    /// True if the hello timer should have run long ago. What comes before it runs was waiting in the socket; nothing
    /// is claimed and no hello sent on it.
    func isLate(at now: Instant) -> Bool {
        guard phase != .idle, hasCarrier, !isRestarting, !isFinished, let last = lastHelloTick else { return false }
        return now - last - pace.used > .milliseconds(100)
    }

    /// The machine ran late: what the others said meanwhile was read before, and nobody is dead for our own sleep.
    mutating func noticeLateness(at now: Instant) {
        guard isLate(at: now), let last = lastHelloTick else { return }
        let late = now - last - pace.used
        lastHelloTick = now
        counters.lateTicks += 1
        out.report(.late(late))
        wake(after: late, at: now)
    }

    mutating func wake(after gap: Duration, at now: Instant) {
        guard phase != .idle, hasCarrier else { return }
        excuseSilence(at: now)
        guard gap > Self.longSleep, !isRestarting else { return }
        kernelAnswers = nil
        for vip in programmed {
            guard var record = vips[vip], record.claim != nil else { continue }
            record.state = .adopted
            record.handover = nil
            vips[vip] = record
        }
        handingOver = []
        if case .listening(let listening) = phase, listening.kind == .cold { return }
        listen(.waking, at: now)
    }

    /// Gives all members the time of one hello to be heard again.
    private mutating func excuseSilence(at now: Instant) {
        for (id, var peer) in peers where peer.isLive {
            peer.evidence = max(peer.evidence, now - peer.interval)
            peer.provenAt = peer.provenAt.map { max($0, now - peer.interval) }
            peer.witness = peer.witness.map { .init(instance: $0.instance, heard: max($0.heard, now - peer.interval)) }
            peers[id] = peer
        }
        for id in peers.keys.sorted() { assess(id, at: now) }
    }

    // MARK: - Carrier

    /// A carrier that is back within this time was away for less than others need to take over.
    private var carrierPatience: Duration { settings.helloInterval * 2 }

    mutating func loseCarrier(at now: Instant) {
        guard hasCarrier else { return }
        hasCarrier = false
        carrierLostAt = now
        // Who was missing when it came back the last time may be missing still.
        if phase == .running { carrierCompany = [] }
        carrierCompany.formUnion(peers.values.filter { $0.isLive && $0.state != .relayed }.map(\.nodeName))
        for vip in programmed.sorted() {
            guard var record = vips[vip] else { continue }
            let isClaimed = record.state == .owning || record.handover != nil
            if !isClaimed { dropClaim(vip, &record, at: now) }
            record.handover = nil
            record.isProgrammed = false
            record.state = .notCandidate(.linkDown)
            out.withdraw(vip, .notCandidate(.linkDown))
            timers.cancel(.vip(vip))
            noteStatus(vip, &record)
            vips[vip] = record
        }
        programmed = []
        handingOver = []
        leaseEndsAt = nil
        timers.cancel(.hello)
        timers.set(.carrier, at: now + carrierPatience)
        dirty.formUnion(vips.keys)
    }

    /// The carrier stayed away: others have taken over, or will before it is back.
    mutating func forgetCarrierClaims(at now: Instant) {
        carrierLostAt = nil
        for (vip, var record) in vips where record.claim != nil {
            dropClaim(vip, &record, at: now)
            vips[vip] = record
        }
        for id in peers.keys.sorted() {
            guard var peer = peers[id] else { continue }
            let before = peer.state
            peer.provenAt = nil
            peer.witness = nil
            peer.hellosHeard = 0
            peer.helloCount = nil
            if before.isLive { peer.enter(.down(.linkDown), at: now) }
            peers[id] = peer
            if before.isLive { noteTransition(of: id, from: before, at: now) }
        }
    }

    mutating func gainCarrier(_ mac: MACAddress, at now: Instant) {
        let isOtherMAC = mac != settings.mac
        settings.mac = mac
        if hasCarrier {
            if isOtherMAC { announceOwned() }
            return
        }
        hasCarrier = true
        timers.cancel(.carrier)
        lastHelloTick = now
        isHelloDue = phase != .idle
        dirty.formUnion(vips.keys)
        guard phase != .idle else { return }
        if phase == .running, let lost = carrierLostAt, now - lost <= carrierPatience {
            resumeClaims(at: now)
        } else {
            if carrierLostAt != nil { forgetCarrierClaims(at: now) }
            lastFrameAt = nil
            listen(.returning, at: now)
        }
        carrierLostAt = nil
        for id in peers.keys.sorted() { assess(id, at: now) }
    }

    /// The carrier was gone for less than two hellos: everything goes on as it was.
    private mutating func resumeClaims(at now: Instant) {
        excuseSilence(at: now)
        // One that hears nobody is perhaps deaf, and its VIPs elsewhere: caches that are right must not be turned.
        let announces = isInCompany
        for vip in vips.keys.sorted() {
            guard var record = vips[vip], let claim = record.claim else { continue }
            state(claim, of: vip, &record, at: now)
            if announces { out.announceBurst(vip) }
            noteStatus(vip, &record)
            vips[vip] = record
        }
    }

    private mutating func announceOwned() {
        isHelloDue = true
        for vip in programmed where vips[vip]?.state == .owning { out.announceBurst(vip) }
    }

    // MARK: - The end

    /// The process is to be started again: the kernel goes on by a long lease, and peers are told to wait.
    mutating func beginRestart(at now: Instant) {
        guard phase != .idle, !isRestarting, !isLeaving else { return }
        isRestarting = true
        restartHellosLeft = 2
        handingOver = []
        if !programmed.isEmpty {
            leaseEndsAt = now + settings.restartLease
            out.setLease(settings.restartLease)
        }
        timers.cancel(.lease)
        timers.set(.restart, at: now + .milliseconds(20))
        isHelloDue = true
        dirty.formUnion(vips.keys)
    }

    mutating func restartTick(at now: Instant) {
        if hasCarrier { sendHello(at: now) }
        restartHellosLeft -= 1
        if restartHellosLeft > 0 {
            timers.set(.restart, at: now + .milliseconds(20))
            return
        }
        isFinished = true
        timers = TimerQueue<TimerKey>()
        out.finish(.restart)
    }

    mutating func beginLeaving(at now: Instant) {
        guard !isLeaving, !isRestarting else { return }
        isLeaving = true
        isHelloDue = true
        dirty.formUnion(vips.keys)
    }

    mutating func endGrace(at now: Instant) {
        guard isLeaving else { return }
        for vip in programmed.sorted() {
            guard var record = vips[vip] else { continue }
            release(vip, &record, .notCandidate(.leaving), at: now)
            record.state = .notCandidate(.leaving)
            noteStatus(vip, &record)
            vips[vip] = record
        }
    }

    mutating func setQuiesced(_ quiesced: Bool) {
        guard quiesced != isQuiesced else { return }
        isQuiesced = quiesced
        isHelloDue = true
        dirty.formUnion(vips.keys)
    }

    /// The sequences of this identity are used up: goes on under another one, which peers take for a restart.
    mutating func renewInstance(at now: Instant, using random: inout some RandomNumberGenerator) {
        instance = InstanceID(using: &random)
        isInstanceSpent = false
        sequence = 0
        sentLog = SentLog()
        for id in Array(peers.keys) where peers[id]?.provenAt != nil { peers[id]?.provenAt = now }
    }
}
