package import Addresses

/// A datagram as it came from the socket.
package struct OwnershipDatagram: Sendable, Hashable {
    /// The payload.
    package var bytes: [UInt8]
    /// The address that it came from, to which answers go.
    package var source: IPAddress
    /// TTL or hop limit as received.
    package var hopLimit: UInt8

    /// A datagram.
    package init(bytes: [UInt8], source: IPAddress, hopLimit: UInt8 = 255) {
        self.bytes = bytes
        self.source = source
        self.hopLimit = hopLimit
    }
}

/// A station's own word in ARP or neighbour discovery that it has an address: request, reply or advertisement.
package struct NeighborObservation: Sendable, Hashable {
    /// The address that the station claims: ARP sender address, or the advertisement's target.
    package var address: IPAddress
    /// The source of the frame.
    package var ethernetSource: MACAddress
    /// The hardware address inside the packet.
    package var hardwareAddress: MACAddress
    /// True if it is an answer to a question of ours, sent to our MAC address.
    package var answersUs: Bool

    /// An observation.
    package init(
        address: IPAddress, ethernetSource: MACAddress, hardwareAddress: MACAddress, answersUs: Bool
    ) {
        self.address = address
        self.ethernetSource = ethernetSource
        self.hardwareAddress = hardwareAddress
        self.answersUs = answersUs
    }
}

/// What happens to a machine.
package enum OwnershipEvent: Sendable {
    /// The process starts. The kernel holds these VIPs of ours; the snapshot is what the last process left. Views may
    /// be given before.
    case started(kernelHolds: [IPAddress], snapshot: OwnershipSnapshot)
    /// A datagram came.
    case datagram(OwnershipDatagram)
    /// The configuration says something new of these VIPs; the others stay. Deleted ones exist no more.
    case viewChanged([IPAddress: VIPView], deleted: [IPAddress] = [])
    /// The carrier is there; the interface has this MAC address.
    case linkUp(MACAddress)
    /// The carrier is gone.
    case linkDown
    /// The deadline has come. The socket has to be read empty before, so that nobody is declared dead while his hello
    /// waits there.
    case tick
    /// A station stated that it has an address: an answer to a question, a probe's answer, or a stranger.
    case neighborHeard(NeighborObservation)
    /// Any frame of another station was received; one report in 100 ms is enough.
    case frameHeard
    /// The kernel answers for our VIPs, or does not: asked for after a start and after a wake.
    case kernelAnswers(Bool)
    /// The machine slept for so long and the clock showed it.
    case woke(after: Duration)
    /// The process is to end and to be started again.
    case restart
    /// The process is to end for good.
    case leave
    /// The time that was allowed for leaving is over.
    case graceEnded
    /// The node is drained, or no longer.
    case quiesced(Bool)
    /// The keys were changed.
    case keysChanged(OwnershipKeys)
    /// The configuration was confirmed by the API just now.
    case configurationRead
    /// The gateway's address on this link changed.
    case gatewayChanged(IPAddress?)
}
