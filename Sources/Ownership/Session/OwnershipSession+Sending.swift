import Addresses
import Timing

// What this member says: hellos, and changes of its table.
extension OwnershipSession {
    /// Hellos never follow each other more closely, however many changes ask for one at once.
    static let helloSpacing: Duration = .milliseconds(5)

    /// Encodes a message, notes its sequence and hands it to the outbox.
    mutating func send(
        _ type: OwnershipMessageType, _ elements: [OwnershipElement], to destination: OwnershipDestination,
        flags extra: MemberFlags = [], at now: Instant
    ) {
        if sequence == .max - 1 { isInstanceSpent = true }
        sequence += sequence == .max ? 0 : 1
        sentLog.note(sequence, isTimed: destination == .multicast, at: now)
        var header = OwnershipHeader(
            type: type, instance: instance, sequence: sequence, interval: pace.advertised.clampedMilliseconds(),
            multiplier: UInt8(clamping: settings.multiplier), mac: settings.mac)
        header.version = spokenVersion
        header.lowestVersion = settings.versions.lowerBound
        header.claimsVersion = ownTable.table.version
        header.claimsDigest = ownTable.table.digest
        header.flags = flags.union(extra)
        header.rotation = UInt8(clamping: echoRotation)
        let message = OwnershipMessage(header: header, elements: elements)
        out.send(message.encoded(keys: keys), to: destination)
        counters.sent[type, default: 0] += 1
    }

    /// What this member says of itself.
    var flags: MemberFlags {
        var flags: MemberFlags = []
        if isRestarting { flags.insert(.restarting) }
        if isLeaving { flags.insert(.leaving) }
        if isQuiesced || duplicate != nil { flags.insert(.quiesced) }
        if case .listening(let listening) = phase {
            flags.insert(listening.kind == .adopting || listening.kind == .waking ? .adopting : .listening)
        }
        return flags
    }

    /// The version that every member heard lately reads.
    var spokenVersion: UInt8 {
        guard settings.versions.count > 1 else { return settings.versions.upperBound }
        let lowest = peers.values.filter { $0.heard != nil }.map(\.highestVersion).min() ?? .max
        return max(settings.versions.lowerBound, min(settings.versions.upperBound, lowest))
    }

    /// Peers that are echoed, in order of their identity.
    func echoedPeers(at now: Instant) -> [PeerRecord] {
        peers.values.filter { peer in
            peer.heard.map { now - $0 <= max(.seconds(2), peer.interval * peer.multiplier * 2) } ?? false
        }.sorted { $0.instance < $1.instance }
    }

    /// Hellos in which every peer is echoed once.
    var echoRotation: Int {
        let heard = peers.values.count { $0.heard != nil }
        return min(32, max(1, (heard + OwnershipElement.echoLimit - 1) / OwnershipElement.echoLimit))
    }

    func echo(of peer: PeerRecord, at now: Instant) -> EchoEntry {
        EchoEntry(
            instance: peer.instance, sequence: peer.helloSequence, tableVersion: peer.table.version,
            age: peer.heard.map { (now - $0).clampedMilliseconds() } ?? .max,
            isTwoWay: isProven(peer, at: now))
    }

    /// Sends the hello that a change asked for, unless one left just now.
    mutating func sendDueHello(at now: Instant, using random: inout some RandomNumberGenerator) {
        guard isHelloDue, phase != .idle, hasCarrier, !isLate(at: now) else { return }
        if let last = lastHelloAt, now - last < Self.helloSpacing, !isFinished {
            timers.setIfEarlier(.hello, at: last + Self.helloSpacing)
            return
        }
        sendHello(at: now)
        scheduleHello(at: now, using: &random)
    }

    /// The hello timer.
    mutating func helloTick(at now: Instant, using random: inout some RandomNumberGenerator) {
        lastHelloTick = now
        guard phase != .idle, hasCarrier, !isFinished else { return }
        if isInstanceSpent { renewInstance(at: now, using: &random) }
        planPace()
        sendHello(at: now)
        scheduleHello(at: now, using: &random)
    }

    mutating func scheduleHello(at now: Instant, using random: inout some RandomNumberGenerator) {
        lastHelloTick = now
        timers.set(.hello, at: now + pace.used.scaled(0.9...1.0, using: &random))
    }

    /// Multicasts a hello with the latest changes, and before it the changes that it has no room for.
    mutating func sendHello(at now: Instant) {
        isHelloDue = false
        lastHelloAt = now
        helloCount &+= 1
        pace.noteHello()
        var elements = helloElements(echoing: nextEchoes(at: now), at: now)
        let room = OwnershipMessage.bodyLimit - elements.reduce(0) { $0 + $1.encodedLength }
        sendUnsentClaims(leaving: room, at: now)
        elements += latestClaims(room: room)
        ownTable.noteSent(at: now)
        send(.hello, elements, to: .multicast, at: now)
        for address in silentMemberAddresses(at: now) { send(.hello, elements, to: .unicast(address), at: now) }
    }

    /// A hello to one member, which echoes that member.
    mutating func sendUnicastHello(to peer: PeerRecord, flags: MemberFlags = [], at now: Instant) {
        guard let address = peer.address else { return }
        var entry = peer.heard == nil ? [] : [echo(of: peer, at: now)]
        for index in entry.indices { entry[index].mayWait = true }
        send(.hello, helloElements(echoing: entry, at: now), to: .unicast(address), flags: flags, at: now)
    }

    private func helloElements(echoing entries: [EchoEntry], at now: Instant) -> [OwnershipElement] {
        var elements: [OwnershipElement] = [.name(settings.nodeName), .helloCount(helloCount)]
        elements.append(.configurationAge(configurationAge(at: now)))
        if settings.versions.upperBound > spokenVersion {
            elements.append(.highestVersion(settings.versions.upperBound))
        }
        if !entries.isEmpty { elements.append(.echo(entries)) }
        return elements
    }

    /// The echoes whose turn it is.
    private mutating func nextEchoes(at now: Instant) -> [EchoEntry] {
        let peers = echoedPeers(at: now)
        let limit = OwnershipElement.echoLimit
        guard peers.count > limit else { return peers.map { echo(of: $0, at: now) } }
        let start = echoCursor % peers.count
        echoCursor = start + limit
        return (start..<start + limit).map { echo(of: peers[$0 % peers.count], at: now) }
    }

    /// Multicasts changes that were never sent, oldest first, until the rest fits in `room`.
    private mutating func sendUnsentClaims(leaving room: Int, at now: Instant) {
        var (from, changes) = ownTable.unsent
        while ClaimsElement.length(of: changes) > room {
            var elements: [OwnershipElement] = []
            let sent = ClaimsElement.pack(changes[...], from: from, room: OwnershipMessage.bodyLimit, into: &elements)
            guard sent > 0 else { return }
            send(.claims, elements, to: .multicast, at: now)
            changes.removeFirst(sent)
            from &+= UInt32(sent)
        }
    }

    /// The latest changes, as many as fit in `room`.
    private func latestClaims(room: Int) -> [OwnershipElement] {
        var limit = max(0, room - OwnershipElement.claimsHeadLength) / OwnershipElement.claimLength(.ipv4)
        while limit > 0 {
            let (from, changes) = ownTable.recent(limit: limit)
            let excess = ClaimsElement.length(of: changes) - room
            if excess <= 0 {
                var elements: [OwnershipElement] = []
                _ = ClaimsElement.pack(changes[...], from: from, room: room, into: &elements)
                return elements
            }
            limit = changes.count - max(1, excess / OwnershipElement.claimsHeadLength)
        }
        return []
    }

    /// Chooses the interval that keeps what every member receives within the budget.
    mutating func planPace() {
        let interval = settings.helloInterval
        let live = peers.values.filter(\.isLive)
        let members = live.count + 1
        let budget = Duration.seconds(1) / settings.helloBudget
        if interval >= budget * members {
            pace.want(interval, multiplier: settings.multiplier)
        } else if ownTable.claimCount > 0 {
            let owners = live.count { !$0.claims.isEmpty } + 1
            pace.want(min(.seconds(5), max(interval, budget * owners)), multiplier: settings.multiplier)
        } else {
            pace.want(min(.seconds(5), max(settings.slowInterval, budget * members)), multiplier: settings.multiplier)
        }
    }
}
