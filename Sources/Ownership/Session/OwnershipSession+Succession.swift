import Addresses
import Timing

// Processes that follow each other on one node, and nodes that share a name.
extension OwnershipSession {
    /// A new process of a node that was known replaces the old one at once. Never the other way round: a process that
    /// slept reads the last words of the old one after the first of the new one.
    mutating func retirePredecessors(of id: InstanceID, at now: Instant) {
        guard let peer = peers[id] else { return }
        let old = peers.values.filter {
            $0.ordinal < peer.ordinal && $0.nodeName == peer.nodeName && $0.mac == peer.mac && $0.mac != .zero
        }
        for former in old.sorted(by: { $0.instance < $1.instance }) {
            let claims = former.claims.filter { !$0.value.isDeletion }
            let wasLive = former.isLive
            retired[former.instance] = now
            removePeer(former.instance)
            if wasLive {
                out.report(.peerDown(nodeName: former.nodeName, instance: former.instance, reason: .restarted))
            }
            guard peer.adopts || !peer.startsEmpty else { continue }
            if peer.adopts { sendKnown(claims, to: peer, at: now) }
            if wasLive { inherit(claims, to: id) }
        }
    }

    /// A process that goes on where its predecessor ended is taken to claim the same, until its own table is here.
    private mutating func inherit(_ claims: [IPAddress: Claim], to id: InstanceID) {
        guard let peer = peers[id], !peer.isInSync || peer.flags.contains(.adopting) else { return }
        let merged = claims.merging(peer.table.entries) { $1 }
        peers[id]?.inherited = merged
        for (vip, claim) in merged {
            vips[vip, default: VIPRecord()].setRival(id, claim.isDeletion ? nil : claim)
            dirty.insert(vip)
        }
    }

    /// Lets the process's own table stand once it is complete.
    mutating func releaseInheritance(of id: InstanceID, at now: Instant) {
        guard var peer = peers[id], let inherited = peer.inherited, peer.isInSync, !peer.flags.contains(.adopting)
        else { return }
        peer.inherited = nil
        peers[id] = peer
        for vip in inherited.keys where peer.table.entries[vip] == nil { index(ClaimChange(vip, nil), of: id, at: now) }
        for (vip, claim) in peer.table.entries { index(ClaimChange(vip, claim), of: id, at: now) }
    }

    /// Tells an adopting process which epochs its predecessor had.
    private mutating func sendKnown(_ claims: [IPAddress: Claim], to peer: PeerRecord, at now: Instant) {
        guard let address = peer.address, !claims.isEmpty else { return }
        sendTable(.known, claims, version: 0, about: peer.instance, named: nil, to: .unicast(address), at: now)
    }

    /// Epochs of our predecessor as others knew them.
    mutating func receiveKnown(_ message: OwnershipMessage, from peer: PeerRecord, at now: Instant) {
        guard peer.isLive || isListening, message.about == instance else { return }
        for case .claims(let run) in message.elements {
            for change in run.changes {
                guard let claim = change.claim, !claim.isDeletion, var record = vips[change.vip] else { continue }
                record.seen = max(record.seen, claim.epoch)
                record.formerEpoch = max(record.formerEpoch, claim.epoch)
                vips[change.vip] = record
            }
        }
    }

    /// Looks for another node with our name; of two that live side by side for a second, the higher identity gives way.
    mutating func checkDuplicateName(at now: Instant) {
        for id in peers.keys {
            guard var peer = peers[id], peer.nodeName == settings.nodeName, peer.mac != settings.mac else { continue }
            peer.duplicateSince = peer.isLive ? peer.duplicateSince ?? now : nil
            let isDuplicate = peer.duplicateSince.map { now - $0 > .seconds(1) } ?? false
            if isDuplicate && instance > id {
                duplicateHeardAt = max(duplicateHeardAt ?? now, peer.heard ?? now)
                setDuplicate(id)
            }
            if isDuplicate && !peer.isDuplicateReported {
                peer.isDuplicateReported = true
                out.report(.duplicateNodeName(mac: peer.mac, givesWay: instance > id))
            }
            peers[id] = peer
        }
        if duplicate != nil, let heard = duplicateHeardAt, now - heard > .seconds(30) {
            duplicateHeardAt = nil
            setDuplicate(nil)
            out.report(.nodeNameFree)
        }
    }

    private mutating func setDuplicate(_ other: InstanceID?) {
        guard duplicate != other else { return }
        duplicate = other
        isHelloDue = true
        dirty.formUnion(vips.keys)
    }
}
