package import Addresses

/// Where a datagram goes.
package enum OwnershipDestination: Sendable, Hashable {
    /// The members' group on the link.
    case multicast
    /// One member.
    case unicast(IPAddress)
}

/// Why a machine has done its work.
package enum OwnershipEnding: Sendable, Hashable {
    /// The restart is announced; the kernel goes on.
    case restart
    /// Everything was handed over or withdrawn.
    case leave
}

/// What a machine wants done, in this order.
package enum OwnershipEffect: Sendable, Hashable {
    /// The kernel's lease has to end this long from now, whatever it was before.
    case setLease(Duration)
    /// The kernel has to stop to answer for these.
    case withdraw([IPAddress], WithdrawalReason)
    /// The kernel has to answer for these.
    case program([IPAddress])
    /// Send a datagram, TTL or hop limit 255.
    case send([UInt8], to: OwnershipDestination)
    /// Announce these now and again at 0.1, 0.5, 1.2 and 3 s, unless they are withdrawn before.
    case announceBurst([IPAddress])
    /// Announce these once.
    case announceOnce([IPAddress])
    /// Ask the link by broadcast, with the node's own address, who has these; answers are events.
    case startProbe([IPAddress])
    /// Ask one station by unicast for a VIP, with the node's own address; an answer is an event.
    case ask(IPAddress, at: MACAddress)
    /// Ask by broadcast for these addresses, the gateway and other members: does anything answer?
    case seekReception([IPAddress])
    /// Something to log, count or show.
    case report(OwnershipReport)
    /// The process may end.
    case finished(OwnershipEnding)
}

/// Something that people may want to know.
package enum OwnershipReport: Sendable, Hashable {
    /// VIPs changed their state, owner or epoch.
    case vips([VIPStatus])
    /// A member is heard both ways.
    case peerUp(nodeName: String, instance: InstanceID)
    /// A member fell silent and is asked.
    case peerSilent(nodeName: String, instance: InstanceID)
    /// A silent member's kernel answers; its VIPs are left to it for now.
    case peerHeld(nodeName: String, instance: InstanceID)
    /// A member is gone.
    case peerDown(nodeName: String, instance: InstanceID, reason: PeerDownReason)
    /// Another node has this node's name. This one gives way if it says so.
    case duplicateNodeName(mac: MACAddress, givesWay: Bool)
    /// The other node of this name is gone.
    case nodeNameFree
    /// A station that is no member answers for a VIP that was to be claimed.
    case addressInUse(IPAddress, MACAddress)
    /// A station that is no member claims a VIP that this member owns.
    case stranger(IPAddress, MACAddress)
    /// A member speaks only versions above ours.
    case incompatible(instance: InstanceID, address: IPAddress, lowestVersion: UInt8)
    /// The machine ran late by so much; nobody was declared dead for it.
    case late(Duration)
}
