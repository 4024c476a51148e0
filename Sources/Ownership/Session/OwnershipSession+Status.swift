package import Addresses

// What the world may know.
extension OwnershipSession {
    /// True while another member has this node's name, whether or not this one gives way to it.
    package var isDuplicate: Bool { duplicate != nil || peers.values.contains { $0.isDuplicateReported } }

    /// True if a member's last datagram came by IPv6.
    package var hasMemberByIPv6: Bool {
        peers.values.contains { peer in
            if case .down = peer.state { return false }
            return peer.address?.family == .ipv6
        }
    }

    /// Where a VIP stands; nil if nothing is known of it.
    package func status(of vip: IPAddress) -> VIPStatus? { vips[vip].map { status(vip, $0) } }

    /// Where all VIPs stand, sorted by address. Costs time for each VIP.
    package var statuses: [VIPStatus] {
        vips.map { status($0.key, $0.value) }.sorted { $0.vip < $1.vip }
    }

    /// VIPs for which the kernel is to answer, sorted.
    package var answeredVIPs: [IPAddress] { programmed.sorted() }

    /// VIPs that this member claims, sorted.
    package var claimedVIPs: [IPAddress] {
        ownTable.table.entries.filter { !$0.value.isDeletion }.keys.sorted()
    }

    /// True if this member claims the VIP.
    package func claims(_ vip: IPAddress) -> Bool { ownTable.table.entries[vip].map { !$0.isDeletion } ?? false }

    /// The other members, sorted by identity.
    package var peerStatuses: [PeerStatus] {
        peers.values.sorted { $0.instance < $1.instance }.map { peer in
            PeerStatus(
                nodeName: peer.nodeName, instance: peer.instance, mac: peer.mac, address: peer.address,
                state: peer.state, roundTrip: peer.roundTrip, loss: peer.loss, interval: peer.interval,
                multiplier: peer.multiplier, claims: peer.claims.count { !$0.value.isDeletion }, flags: peer.flags)
        }
    }

    /// True once listening is over and the carrier is there.
    package var isElecting: Bool { phase == .running && hasCarrier && !isFinished }

    /// What to keep for the next process. Costs time for each VIP.
    package var snapshot: OwnershipSnapshot {
        let entries = vips.compactMap { vip, record -> OwnershipSnapshot.Entry? in
            let own = record.claim?.epoch ?? (record.state == .adopted ? max(record.formerEpoch, 1) : nil)
            let isDeleted = deletionsUntil[vip] != nil
            guard record.seen > 0 || own != nil || isDeleted else { return nil }
            return .init(vip: vip, seen: max(record.seen, own ?? 0), own: own, isDeleted: isDeleted)
        }
        return OwnershipSnapshot(
            entries: entries.sorted { $0.vip < $1.vip },
            members: knownMembers.map { .init(nodeName: $0.key, address: $0.value) }
                .sorted { $0.nodeName < $1.nodeName })
    }

    private func status(_ vip: IPAddress, _ record: VIPRecord) -> VIPStatus {
        switch record.state {
        case .owning, .handingOver, .adopted:
            let epoch = record.claim?.epoch ?? max(record.formerEpoch, record.seen)
            return VIPStatus(vip: vip, state: record.state, owner: settings.nodeName, epoch: epoch)
        default:
            let rival = strongestRival(of: record, vip)
            return VIPStatus(
                vip: vip, state: record.state, owner: rival?.nodeName, epoch: rival?.claim.epoch ?? record.seen)
        }
    }

    /// Notes a change for the event's report.
    mutating func noteStatus(_ vip: IPAddress, _ record: inout VIPRecord) {
        let status = status(vip, record)
        guard status != record.reported else { return }
        record.reported = status
        changedStatus.append(status)
    }
}
