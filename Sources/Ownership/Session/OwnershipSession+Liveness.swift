import Addresses
import Timing

// Who lives: two-way hellos, the word of other members, timeouts.
extension OwnershipSession {
    /// How long a member that is gone is remembered.
    static let memory: Duration = .seconds(60)

    /// True if the member echoed a hello of ours that is not too old.
    func isProven(_ peer: PeerRecord, at now: Instant) -> Bool {
        peer.provenAt.map { now - $0 <= peer.twoWayLimit(ownInterval: pace.used) } ?? false
    }

    /// True if a member heard here says that it hears this one both ways.
    func isRelayed(_ peer: PeerRecord, at now: Instant) -> Bool {
        guard let end = relayEnd(of: peer), now < end, let witness = peer.witness else { return false }
        // What was asked and did not answer is not alive because somebody heard it before that.
        let didNotAnswer = peer.state == .down(.silent) || peer.isUnanswering(at: now)
        return !didNotAnswer || now - witness.heard < peer.interval * (peer.multiplier - 1)
    }

    /// Until when the word of another member counts; nil without one.
    private func relayEnd(of peer: PeerRecord) -> Instant? {
        guard let witness = peer.witness, let other = peers[witness.instance], other.state == .up else { return nil }
        return witness.heard + peer.interval * max(peer.multiplier, other.multiplier)
            + other.interval * (other.rotation - 1)
    }

    /// Reads who the sender hears: us, which proves both ways, and others, for which it stands witness.
    mutating func noteEchoes(
        _ message: OwnershipMessage, from id: InstanceID, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        for case .echo(let entries) in message.elements {
            for entry in entries {
                if entry.instance == instance {
                    prove(id, by: entry, at: now)
                } else {
                    noteWitness(entry, from: id, at: now, using: &random)
                }
            }
        }
    }

    private mutating func prove(_ id: InstanceID, by entry: EchoEntry, at now: Instant) {
        guard var peer = peers[id], let sent = sentLog[entry.sequence] else { return }
        peer.provenAt = max(peer.provenAt ?? sent.at, sent.at)
        if sent.isTimed && !entry.mayWait {
            // A single short round trip says little of the next one.
            peer.roundTrip = max(now - sent.at - .milliseconds(Int(entry.age)), peer.roundTrip * 15 / 16, .zero)
        }
        peers[id] = peer
    }

    private mutating func noteWitness(
        _ entry: EchoEntry, from id: InstanceID, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard peers[id]?.state == .up, retired[entry.instance] == nil else { return }
        guard var peer = peers[entry.instance] else {
            if entry.isTwoWay { noteRumour(entry, from: id, at: now, using: &random) }
            return
        }
        let heard = now - .milliseconds(Int(entry.age))
        if entry.isTwoWay {
            guard entry.sequence >= peer.helloSequence else { return }
            peer.evidence = max(peer.evidence, heard)
            peer.witness = .init(instance: id, heard: heard)
            if peer.isTableStale && entry.tableVersion == peer.table.version {
                peer.isTableStale = false
                dirty.formUnion(peer.claims.keys)
            }
        } else if peer.witness?.instance == id {
            peer.witness = nil
        } else {
            return
        }
        let isFar = peer.heard.map { now - $0 > .seconds(1) } ?? true
        let isNewer = (1..<1 << 31).contains(entry.tableVersion &- peer.table.version)
        peers[entry.instance] = peer
        if isFar && entry.isTwoWay && isNewer { askForTable(of: entry.instance, from: id, at: now) }
        if peer.state != .up { assess(entry.instance, at: now) }
    }

    /// A process that only others hear: after a second its table is asked for.
    private mutating func noteRumour(
        _ entry: EchoEntry, from id: InstanceID, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let since = rumours[entry.instance] else {
            if rumours.count < Self.memberLimit { rumours[entry.instance] = now }
            return
        }
        guard now - since > .seconds(1) else { return }
        rumours[entry.instance] = now
        askForTable(of: entry.instance, from: id, at: now)
    }

    /// Looks whether a member lives, asks it if it is silent, and sets the time of the next look.
    mutating func assess(_ id: InstanceID, at now: Instant) {
        // Without carrier nothing can be heard or asked; the members are looked at when it is back.
        guard hasCarrier, var peer = peers[id] else { return }
        let before = peer.state
        let next = nextState(of: peer, at: now)
        if next != before { peer.enter(next, at: now) }
        peers[id] = peer
        if next != before { noteTransition(of: id, from: before, at: now) }
        question(id, at: now)
        scheduleAssessment(of: id, at: now)
    }

    private func nextState(of peer: PeerRecord, at now: Instant) -> PeerState {
        let next = directState(of: peer, at: now)
        if case .down = next, isRelayed(peer, at: now) { return .relayed }
        return next
    }

    private func directState(of peer: PeerRecord, at now: Instant) -> PeerState {
        switch peer.state {
        case .heard, .down, .relayed:
            var isHeard = peer.heard.map { now - $0 < peer.interval * peer.multiplier } ?? false
            // Gone is gone, however lately it was heard before.
            if case .down = peer.state { isHeard = isHeard && peer.heard.map { $0 >= peer.stateSince } ?? false }
            if isHeard && isProven(peer, at: now) { return .up }
            if isRelayed(peer, at: now) { return .relayed }
            return peer.state == .relayed ? .down(.relayLost) : peer.state
        case .up:
            if now >= peer.suspicion { return .suspect }
            return isProven(peer, at: now) ? .up : .down(.deaf)
        case .suspect, .held:
            if now < peer.suspicion { return isProven(peer, at: now) ? .up : .down(.deaf) }
            return peer.state == .held ? heldState(of: peer, at: now) : suspectState(of: peer, at: now)
        }
    }

    /// The decision about a silent member. Where answers are fast, enough of them that did not come decide before the
    /// last interval is over.
    private func suspectState(of peer: PeerRecord, at now: Instant) -> PeerState {
        guard now >= peer.decision || peer.isUnanswering(at: now) else { return .suspect }
        guard let questions = peer.questions else { return .down(.silent) }
        if peer.isAnswering { return .held }
        // On a lossy link a few lost questions mean little.
        if peer.isLossy && (questions.asked < peer.questionLimit || now < questions.nextAt) { return .suspect }
        return .down(.silent)
    }

    /// A silent member whose kernel answered: until it answers no more, or until shortly before its lease can end. The
    /// second bound holds whatever answers: some access points answer for stations that are gone.
    private func heldState(of peer: PeerRecord, at now: Instant) -> PeerState {
        if now >= heldBound(of: peer) { return .down(.leaseEnding) }
        guard let questions = peer.questions else { return .down(.unanswered) }
        return peer.isAnswering || now < questions.nextAt ? .held : .down(.unanswered)
    }

    private func heldBound(of peer: PeerRecord) -> Instant {
        let hold =
            peer.flags.contains(.restarting) ? settings.restartHold : settings.lease - settings.overlap
        return (peer.heard ?? peer.evidence) + hold
    }

    /// The second opinion: asks a silent member's kernel by a unicast question for one VIP, and its process by POLL.
    private mutating func question(_ id: InstanceID, at now: Instant) {
        guard var peer = peers[id], peer.state == .suspect || peer.state == .held else { return }
        if peer.questions == nil {
            guard let vip = peer.claims.lazy.filter({ !$0.value.isDeletion }).map(\.key).min() else { return }
            peer.questions = .init(vip: vip, nextAt: now)
        }
        guard var questions = peer.questions, now >= questions.nextAt else {
            peers[id] = peer
            return
        }
        questions.asked += 1
        questions.nextAt = now + peer.questionGap
        peer.questions = questions
        peers[id] = peer
        counters.questions += 1
        out.append(.ask(questions.vip, at: peer.mac))
        sendUnicastHello(to: peer, flags: .poll, at: now)
    }

    private mutating func scheduleAssessment(of id: InstanceID, at now: Instant) {
        guard let peer = peers[id] else { return }
        // Limits are inclusive: look just after them, and never at once again.
        let after = Duration.microseconds(100)
        switch peer.state {
        case .up:
            let limit = (peer.provenAt ?? now) + peer.twoWayLimit(ownInterval: pace.used) + after
            timers.setIfEarlier(.peer(id), at: max(min(peer.suspicion, limit), now + after))
        case .suspect:
            let decision = peer.decision > now ? peer.decision : peer.questions?.nextAt ?? peer.decision
            timers.set(.peer(id), at: max(min(decision, peer.questions?.nextAt ?? decision), now + after))
        case .held:
            timers.set(.peer(id), at: max(min(heldBound(of: peer), peer.questions?.nextAt ?? now), now + after))
        case .relayed:
            let next = now + max(peer.interval, settings.helloInterval)
            timers.set(.peer(id), at: max(min(relayEnd(of: peer) ?? next, next), now) + after)
        case .heard, .down:
            timers.set(.peer(id), at: max(peer.heard ?? peer.stateSince, peer.stateSince) + Self.memory)
            forgetIfGone(id, at: now)
        }
    }

    /// Forgets a member that was gone for long, but not what its claims taught of epochs.
    private mutating func forgetIfGone(_ id: InstanceID, at now: Instant) {
        guard let peer = peers[id], !peer.isLive,
            now - max(peer.heard ?? peer.stateSince, peer.stateSince) >= Self.memory
        else { return }
        removePeer(id)
    }

    /// Removes a member's record with its claims.
    mutating func removePeer(_ id: InstanceID) {
        guard let peer = peers.removeValue(forKey: id) else { return }
        timers.cancel(.peer(id))
        timers.cancel(.tableRequest(id))
        asked.remove(id)
        for vip in peer.claims.keys {
            vips[vip]?.setRival(id, nil)
            dirty.insert(vip)
        }
        refreshElectable()
    }

    mutating func noteTransition(of id: InstanceID, from before: PeerState, at now: Instant) {
        guard let peer = peers[id] else { return }
        linkHold = nil
        let isAsked = peer.state == .suspect || peer.state == .held
        if isAsked { asked.insert(id) } else { asked.remove(id) }
        report(peer, from: before)
        if peer.state == .suspect && isIsolated(at: now, except: id) { seekReception(at: now) }
        if peer.isLive != before.isLive {
            if peer.isLive && !peers.values.contains(where: { $0.isLive && $0.instance != id }) { companySince = now }
            refreshElectable()
            dirty.formUnion(peer.claims.keys)
            if !peer.isLive { counters.peersLost += 1 }
        }
        if peer.state == .held { counters.holds += 1 }
        if peer.state == .up && (!before.isLive || before == .relayed) {
            hadPeers = true
            if let address = peer.address { knownMembers[peer.nodeName] = address }
            retirePredecessors(of: id, at: now)
        }
    }

    private mutating func report(_ peer: PeerRecord, from before: PeerState) {
        let (name, id) = (peer.nodeName, peer.instance)
        switch peer.state {
        case .up, .relayed: if !before.isLive { out.report(.peerUp(nodeName: name, instance: id)) }
        case .suspect: out.report(.peerSilent(nodeName: name, instance: id))
        case .held: out.report(.peerHeld(nodeName: name, instance: id))
        case .down(let reason): out.report(.peerDown(nodeName: name, instance: id, reason: reason))
        case .heard: break
        }
    }

    /// Takes note of who is there to take VIPs over.
    mutating func refreshElectable() {
        let live = peers.values.filter(\.isLive)
        electableNames = Set(live.filter { $0.flags.isDisjoint(with: .unwilling) }.map(\.nodeName))
        let slowest = live.map(\.roundTrip).max() ?? .zero
        electionSlot = min(max(settings.slot, slowest), .milliseconds(250))
    }

    /// True if no member was heard so lately that silence could be chance.
    func isIsolated(at now: Instant, except id: InstanceID? = nil) -> Bool {
        !peers.values.contains { peer in
            guard peer.instance != id, let heard = peer.heard else { return false }
            return now - heard <= peer.interval * (Double(peer.multiplier) - 1.5)
        }
    }
}
