import Addresses
import Timing

// The members' tables: changes, requests for whole tables, their answers.
extension OwnershipSession {
    /// A whole table is sent at most this often.
    static let tableSpacing: Duration = .milliseconds(200)
    /// Requests that come so close together are answered once, to all.
    static let requestWindow: Duration = .milliseconds(50)
    /// Parts of a table that come later than this after the first are of no use.
    static let assemblyLimit: Duration = .seconds(1)

    /// Applies the changes that a message carries of its sender's table.
    mutating func applyClaims(_ elements: [OwnershipElement], of id: InstanceID, at now: Instant) {
        for case .claims(let run) in elements where run.from != run.to {
            guard var peer = peers[id] else { return }
            let outcome = peer.table.apply(run)
            peers[id] = peer
            guard case .applied(let changes) = outcome else { continue }
            for change in changes {
                if peer.inherited == nil {
                    index(change, of: id, at: now)
                } else if let claim = change.claim {
                    peers[id]?.inherited?[change.vip] = claim
                    index(change, of: id, at: now)
                }
            }
        }
        releaseInheritance(of: id, at: now)
    }

    /// A member that was away states the table that is held here: its claims count again.
    mutating func confirmTable(of id: InstanceID) {
        guard let peer = peers[id], peer.isTableStale, peer.isInSync else { return }
        peers[id]?.isTableStale = false
        dirty.formUnion(peer.claims.keys)
    }

    /// Enters a member's entry for a VIP where elections look for it.
    mutating func index(_ change: ClaimChange, of id: InstanceID, at now: Instant) {
        var record = vips[change.vip] ?? VIPRecord()
        if let claim = change.claim, claim.isDeletion {
            record.setRival(id, nil)
            record.seen = max(record.seen, claim.epoch)
            if isOlder(thanConfigurationOf: id) { record.deletion = .init(heardAt: now) }
        } else {
            record.setRival(id, change.claim)
        }
        vips[change.vip] = record
        dirty.insert(change.vip)
    }

    /// True if the member saw the API after this one did.
    private func isOlder(thanConfigurationOf id: InstanceID) -> Bool {
        guard let theirs = peers[id]?.configurationSeen else { return false }
        return configurationSeen.map { $0 < theirs } ?? true
    }

    // MARK: - Asking

    /// Plans to ask for a member's table if the one here is not what the member states.
    mutating func scheduleTableRequest(
        of id: InstanceID, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let peer = peers[id], !peer.isInSync, timers[.tableRequest(id)] == nil else { return }
        let pause = peer.tableAskedAt.map { $0 + peer.interval * 2 } ?? now
        let delay = Self.requestWindow.scaled(0...1, using: &random)
        timers.set(.tableRequest(id), at: max(pause, now) + delay + .microseconds(1))
    }

    mutating func requestTable(of id: InstanceID, at now: Instant) {
        guard let peer = peers[id], !peer.isInSync, let address = peer.address else { return }
        peers[id]?.tableAskedAt = now
        send(.syncRequest, [], to: .unicast(address), at: now)
    }

    /// Asks one member for the table of another that is not heard here.
    mutating func askForTable(of id: InstanceID, from relay: InstanceID, at now: Instant) {
        guard let address = peers[relay]?.address else { return }
        if let asked = peers[id]?.tableAskedAt, now - asked < .seconds(1) { return }
        peers[id]?.tableAskedAt = now
        send(.syncRequest, [.about(id)], to: .unicast(address), at: now)
    }

    // MARK: - Answering

    mutating func noteTableRequest(_ message: OwnershipMessage, from peer: PeerRecord, at now: Instant) {
        if let about = message.about, about != instance {
            relayTable(of: about, to: peer, at: now)
            return
        }
        tableRequesters.insert(peer.instance)
        let earliest = lastTableAt.map { $0 + Self.tableSpacing } ?? now
        if earliest <= now { answerTableRequests(at: now) } else { timers.set(.tableAnswer, at: earliest) }
    }

    mutating func answerTableRequests(at now: Instant) {
        let addresses = tableRequesters.compactMap { peers[$0]?.address }
        tableRequesters = []
        guard let first = addresses.first else { return }
        lastTableAt = now
        // Changes that wait for the next hello are part of the table: they must not come after it as steps.
        let table = ownTable.table
        sendTable(
            .sync, table.entries, version: table.version, about: nil, named: nil,
            to: addresses.count == 1 ? .unicast(first) : .multicast, at: now)
    }

    private mutating func relayTable(of id: InstanceID, to peer: PeerRecord, at now: Instant) {
        guard let other = peers[id], other.isLive, let address = peer.address else { return }
        if let answered = relayAnsweredAt[id], now - answered < Self.tableSpacing { return }
        relayAnsweredAt[id] = now
        sendTable(
            .sync, other.claims, version: other.table.version, about: id, named: other.nodeName,
            to: .unicast(address), at: now)
    }

    /// Sends a whole table in as many datagrams as it needs.
    mutating func sendTable(
        _ type: OwnershipMessageType, _ entries: [IPAddress: Claim], version: UInt32, about: InstanceID?,
        named name: String?, to destination: OwnershipDestination, at now: Instant
    ) {
        var common: [OwnershipElement] = []
        if let about { common.append(.about(about)) }
        if let name { common.append(.name(name)) }
        let room =
            OwnershipMessage.bodyLimit - common.reduce(OwnershipElement.headLength + 8) { $0 + $1.encodedLength }
        var changes = entries.map { ClaimChange($0, $1) }.sorted { $0.vip < $1.vip }[...]
        var bodies: [[OwnershipElement]] = []
        repeat {
            var body: [OwnershipElement] = []
            let taken = ClaimsElement.pack(changes, from: version, isTable: true, room: room, into: &body)
            bodies.append(body)
            changes = changes.dropFirst(max(taken, 1))
        } while !changes.isEmpty
        guard bodies.count <= Int(FragmentElement.limit) else { return }
        for (index, body) in bodies.enumerated() {
            let fragment = FragmentElement(
                index: UInt16(index), count: UInt16(bodies.count), tableVersion: version)
            send(type, common + [.fragment(fragment)] + body, to: destination, at: now)
        }
    }

    // MARK: - Receiving a table

    mutating func receiveTable(_ message: OwnershipMessage, from sender: PeerRecord, at now: Instant) {
        let id = message.about ?? sender.instance
        guard id != instance, retired[id] == nil else { return }
        if id != sender.instance {
            guard sender.state == .up, admitRelayed(id, named: message.nodeName, at: now) else { return }
        }
        guard var peer = peers[id], let fragment = message.fragment else { return }
        var assembly =
            peer.assembly.flatMap { $0.accepts(fragment, from: sender.instance, at: now) ? $0 : nil }
            ?? .init(sender: sender.instance, version: fragment.tableVersion, count: fragment.count, startedAt: now)
        assembly.parts.insert(fragment.index)
        for case .claims(let run) in message.elements {
            for change in run.changes { assembly.entries[change.vip] = change.claim }
        }
        let isComplete = assembly.parts.count == Int(assembly.count)
        peer.assembly = isComplete ? nil : assembly
        peers[id] = peer
        if isComplete { replaceTable(of: id, by: assembly, at: now) }
        assess(id, at: now)
    }

    /// Makes room for a member that only others hear; false if it is heard here and needs no relay.
    private mutating func admitRelayed(_ id: InstanceID, named name: String?, at now: Instant) -> Bool {
        if let peer = peers[id] { return peer.heard.map { now - $0 > .seconds(1) } ?? true }
        guard let name, rumours[id] != nil, peers.count < Self.memberLimit else { return false }
        rumours[id] = nil
        peers[id] = makePeer(
            id, named: name, interval: settings.helloInterval, multiplier: settings.multiplier, at: now)
        return true
    }

    private mutating func replaceTable(of id: InstanceID, by assembly: PeerRecord.Assembly, at now: Instant) {
        guard var peer = peers[id] else { return }
        // A table that was overtaken by later changes is old news, unless the one here is damaged.
        let lead = assembly.version &- peer.table.version
        guard lead < 1 << 31 else { return }
        let changes = peer.table.replace(version: assembly.version, with: assembly.entries)
        if assembly.sender != id {
            peer.statedVersion = peer.table.version
            peer.statedDigest = peer.table.digest
        }
        peers[id] = peer
        for change in changes {
            if peer.inherited == nil {
                index(change, of: id, at: now)
            } else if let claim = change.claim {
                peers[id]?.inherited?[change.vip] = claim
                index(change, of: id, at: now)
            }
        }
        confirmTable(of: id)
        releaseInheritance(of: id, at: now)
    }
}

extension PeerRecord.Assembly {
    func accepts(_ fragment: FragmentElement, from sender: InstanceID, at now: Instant) -> Bool {
        self.sender == sender && version == fragment.tableVersion && count == fragment.count
            && now - startedAt < OwnershipSession.assemblyLimit
    }
}

extension OwnershipMessage {
    var fragment: FragmentElement? {
        for case .fragment(let fragment) in elements { return fragment }
        return nil
    }
}
