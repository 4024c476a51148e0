import Addresses
import Timing

// Configuration, lease, and what is looked at each second.
extension OwnershipSession {
    mutating func changeViews(_ views: [IPAddress: VIPView], deleted: [IPAddress], at now: Instant) {
        for (vip, view) in views {
            vips[vip, default: VIPRecord()].view = view
            if deletionsUntil.removeValue(forKey: vip) != nil { ownTable.set(vip, nil, at: now) }
            dirty.insert(vip)
        }
        for vip in deleted {
            guard var record = vips[vip] else { continue }
            record.view = nil
            if record.isProgrammed {
                release(vip, &record, .deleted, deletion: true, at: now)
                record.state = .notCandidate(.notConfigured)
            }
            vips[vip] = record
            dirty.insert(vip)
        }
    }

    /// The API confirmed the configuration: deletions that older configurations missed are known here now.
    mutating func readConfiguration(at now: Instant) {
        configurationSeen = now
        for (vip, var record) in vips where record.deletion.map({ $0.heardAt < now }) ?? false {
            record.deletion = nil
            vips[vip] = record
            dirty.insert(vip)
        }
    }

    /// Seconds since the API was seen, for hellos.
    func configurationAge(at now: Instant) -> UInt32? {
        configurationSeen.map { UInt32(clamping: (now - $0).components.seconds) }
    }

    // MARK: - Lease

    /// Makes sure that the kernel answers for what was just programmed.
    mutating func ensureLease(at now: Instant) {
        let left = leaseEndsAt.map { $0 - now } ?? .zero
        if left < settings.lease - settings.leaseRefresh || left > settings.lease {
            leaseEndsAt = now + settings.lease
            out.setLease(settings.lease)
        }
        timers.setIfEarlier(.lease, at: now + settings.leaseRefresh)
    }

    /// Refreshes the lease, but only while hellos go out: a process that no longer speaks has to fall silent in the
    /// kernel too. A process that woke does not refresh before it knows that nobody took over.
    mutating func leaseTick(at now: Instant) {
        guard !programmed.isEmpty, hasCarrier, !isRestarting, !isFinished else { return }
        timers.set(.lease, at: now + settings.leaseRefresh)
        guard let tick = lastHelloTick, now - tick <= pace.used * 3 + .milliseconds(500) else { return }
        if case .listening(let listening) = phase {
            if listening.kind == .waking { return }
            if listening.kind == .adopting && now - listening.since > .seconds(3) { return }
        }
        leaseEndsAt = now + settings.lease
        out.setLease(settings.lease)
    }

    /// The announcement of each minute. A node that hears nobody is perhaps deaf and must not turn caches to itself.
    mutating func announcementTick(at now: Instant) {
        timers.set(.announcement, at: now + .seconds(60))
        guard hasCarrier, isInCompany else { return }
        let owned = programmed.filter { vips[$0]?.state == .owning }.sorted()
        if !owned.isEmpty { out.append(.announceOnce(owned)) }
    }

    /// True if a member is live, or none was ever known.
    var isInCompany: Bool { !hadPeers || peers.values.contains(where: \.isLive) }

    // MARK: - Each second

    /// Looks after everything that no event would notice.
    mutating func sweep(at now: Instant) {
        timers.set(.sweep, at: now + .seconds(1))
        retired = retired.filter { now - $0.value < Self.retirement }
        incompatible = incompatible.filter { now - $0.value < Self.retirement }
        rumours = rumours.filter { now - $0.value < .seconds(10) }
        relayAnsweredAt = relayAnsweredAt.filter { now - $0.value < .seconds(1) }
        guard hasCarrier, !isRestarting else { return }
        refreshElectable()
        checkDuplicateName(at: now)
        clearIsolation(at: now)
        forgetDeletions(at: now)
        guard !isListening else { return }
        for (vip, record) in vips where isUnsettled(record, vip) { dirty.insert(vip) }
    }

    private func isUnsettled(_ record: VIPRecord, _ vip: IPAddress) -> Bool {
        switch record.state {
        case .standby: strongestRival(of: record, vip) == nil
        case .notCandidate: obstacle(for: record) == nil
        case .owning: obstacle(for: record) != nil
        case .listening, .adopted: true
        default: false
        }
    }

    /// Takes the mark of a lonely claim back once everybody is heard again and nobody else claims the VIP.
    private mutating func clearIsolation(at now: Instant) {
        guard !isolated.isEmpty else { return }
        let live = peers.values.filter(\.isLive)
        let isReunited = live.allSatisfy { peer in
            peer.state == .up && peer.isInSync && peer.upSince.map { now - $0 >= .seconds(2) } ?? false
        }
        guard !live.isEmpty, isReunited else { return }
        for vip in isolated.sorted() {
            guard var record = vips[vip], var claim = record.claim, strongestRival(of: record, vip) == nil else {
                continue
            }
            claim.isIsolated = false
            record.claim = claim
            vips[vip] = record
            isolated.remove(vip)
            ownTable.set(vip, claim, at: now)
            isHelloDue = true
        }
    }

    private mutating func forgetDeletions(at now: Instant) {
        for (vip, until) in deletionsUntil where until <= now {
            deletionsUntil[vip] = nil
            ownTable.set(vip, nil, at: now)
        }
        for (vip, record) in vips where record.deletion.map({ now - $0.heardAt > Self.deletionMemory }) ?? false {
            vips[vip]?.deletion = nil
            dirty.insert(vip)
        }
    }

    /// Addresses to which a hello goes by unicast as well: of all members where multicast does not pass, else now and
    /// then of known members that are not heard.
    mutating func silentMemberAddresses(at now: Instant) -> [IPAddress] {
        if settings.sendsUnicastHellos {
            return Set(peers.values.compactMap(\.address)).union(knownMembers.values).sorted()
        }
        let pause: Duration = isListening ? .seconds(1) : .seconds(10)
        guard !knownMembers.isEmpty, calledAt.map({ now - $0 >= pause }) ?? true else { return [] }
        calledAt = now
        let live = Set(peers.values.filter(\.isLive).map(\.nodeName))
        return Set(knownMembers.filter { !live.contains($0.key) }.values).sorted()
    }
}
