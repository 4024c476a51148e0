import Addresses
import Ranking
import Timing

// VIPs that this member may not keep: asked of others one after the other, and given up once another has claimed.
extension OwnershipSession {
    /// Between two requests to one successor.
    static let handoverInterval: Duration = .milliseconds(100)
    /// Requests to one successor before the next is asked.
    static let handoverAttempts = 5
    /// Between two rounds over all successors.
    static let handoverPause: Duration = .seconds(1)

    mutating func beginHandover(
        _ vip: IPAddress, _ record: inout VIPRecord, _ reason: NotCandidateReason, at now: Instant
    ) {
        record.state = .handingOver(reason)
        guard record.handover == nil else { return }
        record.handover = .init(nextAt: now)
        handingOver.insert(vip)
        timers.setIfEarlier(.handover, at: now)
    }

    /// The member may keep it after all.
    mutating func cancelHandover(_ vip: IPAddress, _ record: inout VIPRecord) {
        record.state = .owning
        record.handover = nil
        handingOver.remove(vip)
    }

    /// Sends the requests that are due, all VIPs for one successor together.
    mutating func handoverTick(at now: Instant) {
        var requests: [InstanceID: [HandoverElement.Entry]] = [:]
        var earliest: Instant?
        for vip in handingOver.sorted() {
            guard var record = vips[vip], var handover = record.handover, let claim = record.claim else { continue }
            if handover.nextAt <= now {
                chooseSuccessor(of: vip, record, &handover)
                if let successor = handover.successor {
                    handover.attempts += 1
                    handover.asked.insert(successor)
                    handover.nextAt = now + Self.handoverInterval
                    requests[successor, default: []].append(.init(vip: vip, epoch: claim.epoch + 1))
                } else {
                    handover.tried = []
                    handover.nextAt = now + Self.handoverPause
                }
                record.handover = handover
                vips[vip] = record
            }
            earliest = min(earliest ?? handover.nextAt, handover.nextAt)
        }
        if let earliest { timers.set(.handover, at: earliest) }
        for (successor, entries) in requests.sorted(by: { $0.key < $1.key }) {
            guard let address = peers[successor]?.address else { continue }
            sendEntries(.handover, entries, naming: successor, to: address, at: now)
        }
    }

    private func chooseSuccessor(of vip: IPAddress, _ record: VIPRecord, _ handover: inout VIPRecord.Handover) {
        if let current = handover.successor {
            if handover.attempts < Self.handoverAttempts, peers[current].map(Self.canSucceed) ?? false { return }
            handover.tried.insert(current)
        }
        handover.successor = nextSuccessor(for: vip, record, except: handover.tried)
        handover.attempts = 0
    }

    private static func canSucceed(_ peer: PeerRecord) -> Bool {
        peer.state == .up && peer.flags.isDisjoint(with: [.restarting, .leaving, .quiesced, .listening, .adopting])
    }

    private func nextSuccessor(
        for vip: IPAddress, _ record: VIPRecord, except tried: Set<InstanceID>
    ) -> InstanceID? {
        let scores = Dictionary(
            (record.view?.candidates ?? []).map { ($0.nodeName, $0.score) }, uniquingKeysWith: { first, _ in first })
        let ranked = peers.values.compactMap { peer -> (rank: Rank, instance: InstanceID)? in
            guard Self.canSucceed(peer), !tried.contains(peer.instance), let score = scores[peer.nodeName]
            else { return nil }
            return (Rank(nodeName: peer.nodeName, vip: vip, score: score), peer.instance)
        }
        return ranked.min { $0.rank == $1.rank ? $0.instance < $1.instance : $0.rank < $1.rank }?.instance
    }

    /// Sends VIPs with epochs in as few datagrams as they need.
    private mutating func sendEntries(
        _ type: OwnershipMessageType, _ entries: [HandoverElement.Entry], naming member: InstanceID,
        to address: IPAddress, at now: Instant
    ) {
        for family in [IPFamily.ipv4, .ipv6] {
            var left = entries.filter { $0.vip.family == family }[...]
            let head = OwnershipElement.headLength + 8
            let perDatagram = (OwnershipMessage.bodyLimit - head) / OwnershipElement.handoverLength(family)
            while !left.isEmpty {
                let element = HandoverElement(successor: member, entries: Array(left.prefix(perDatagram)))
                send(type, [.handover(element)], to: .unicast(address), at: now)
                left = left.dropFirst(perDatagram)
            }
        }
    }

    // MARK: - The successor's side

    /// Takes the VIPs that the sender alone claims and this member may own; refuses the others.
    mutating func receiveHandover(_ message: OwnershipMessage, from peer: PeerRecord, at now: Instant) {
        guard peer.isLive else { return }
        var refused: [HandoverElement.Entry] = []
        for case .handover(let request) in message.elements where request.successor == instance {
            for entry in request.entries where !take(entry, from: peer, at: now) { refused.append(entry) }
        }
        guard !refused.isEmpty, let address = peer.address else { return }
        sendEntries(.refuse, refused, naming: instance, to: address, at: now)
    }

    private mutating func take(_ entry: HandoverElement.Entry, from peer: PeerRecord, at now: Instant) -> Bool {
        guard var record = vips[entry.vip] else { return false }
        if record.claim?.epoch == entry.epoch {
            // The answer to the first request got lost.
            isHelloDue = true
            return true
        }
        let claimants = record.rivals.filter { peers[$0.instance]?.isTrusted ?? false }
        guard record.claim == nil, !isListening, !isLate(at: now), obstacle(for: record) == nil, claimants.count == 1,
            claimants[0].instance == peer.instance, claimants[0].claim.epoch + 1 == entry.epoch
        else { return false }
        claim(entry.vip, &record, epoch: entry.epoch, at: now)
        noteStatus(entry.vip, &record)
        vips[entry.vip] = record
        return true
    }

    /// The successor does not take them: the next one is asked at once.
    mutating func receiveRefusal(_ message: OwnershipMessage, from peer: PeerRecord, at now: Instant) {
        for case .handover(let refusal) in message.elements where refusal.successor == peer.instance {
            for entry in refusal.entries {
                guard var record = vips[entry.vip], record.handover?.successor == peer.instance,
                    record.claim.map({ $0.epoch + 1 == entry.epoch }) ?? false
                else { continue }
                record.handover?.tried.insert(peer.instance)
                record.handover?.successor = nil
                record.handover?.nextAt = now
                vips[entry.vip] = record
                timers.setIfEarlier(.handover, at: now)
            }
        }
    }
}
