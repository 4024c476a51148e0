import Addresses
import Neighbors
import Ownership
import Timing

/// What is said to, asked of and heard from the neighbours of a link.
extension AnnouncementSession {
    /// Sends the announcements whose time has come.
    mutating func announceDue(on index: Int32, at now: Instant) {
        guard let due = links[index]?.bursts.due(at: now.sinceStart), !due.isEmpty else { return }
        announce(due, on: index)
    }

    /// Tells all neighbours once that these addresses are here.
    mutating func announce(_ addresses: [IPAddress], on index: Int32) {
        guard let facts = links[index]?.facts else { return }
        var arp: [[UInt8]] = []
        var discovery: [[UInt8]] = []
        for address in addresses {
            switch address.family {
            case .ipv4: arp += ARPPacket.gratuitous(address, mac: facts.mac).map(\.frame)
            case .ipv6:
                discovery.append(
                    NeighborAdvertisement(target: address, mac: facts.mac, source: address).unsolicitedFrame)
            }
        }
        send(arp, .ipv4, on: index)
        send(discovery, .ipv6, on: index)
    }

    /// Asks who has these addresses: everybody, or one station. The question is the node's own: its address on the link is
    /// the sender, so that a proxy entry answers and nobody learns anything wrong.
    mutating func ask(_ addresses: [IPAddress], at destination: MACAddress?, on index: Int32) {
        guard let facts = links[index]?.facts else { return }
        var arp: [[UInt8]] = []
        var discovery: [[UInt8]] = []
        for address in addresses {
            guard let source = facts.source(towards: address) else { continue }
            switch address.family {
            case .ipv4:
                arp.append(
                    ARPPacket.question(address, from: source, mac: facts.mac, to: destination ?? .broadcast).frame)
            case .ipv6:
                discovery.append(
                    NeighborSolicitation(target: address, source: source, mac: facts.mac, destinationMAC: destination)
                        .frame)
            }
        }
        send(arp, .ipv4, on: index)
        send(discovery, .ipv6, on: index)
    }

    private mutating func send(_ frames: [[UInt8]], _ family: IPFamily, on index: Int32) {
        if !frames.isEmpty { out.append(.frames(link: index, family, frames)) }
    }

    // MARK: - What is heard

    /// An ARP packet: a sign of life of the link, and perhaps word of an address that matters here.
    mutating func hear(
        _ packet: ARPPacket, on index: Int32, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let facts = links[index]?.facts, packet.senderMAC != facts.mac, packet.source != facts.mac else { return }
        noteFrame(on: index, at: now, using: &random)
        let answersUs = packet.operation == .reply && packet.destination == facts.mac
        observe(
            NeighborObservation(
                address: packet.senderIP, ethernetSource: packet.source, hardwareAddress: packet.senderMAC,
                answersUs: answersUs),
            on: index, at: now, using: &random)
    }

    /// A neighbour advertisement, likewise.
    mutating func hear(
        _ sighting: AdvertisementSighting, on index: Int32, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard let facts = links[index]?.facts, sighting.mac != facts.mac, sighting.source != facts.mac else { return }
        noteFrame(on: index, at: now, using: &random)
        observe(
            NeighborObservation(
                address: sighting.target, ethernetSource: sighting.source, hardwareAddress: sighting.mac,
                answersUs: sighting.isSolicited),
            on: index, at: now, using: &random)
    }

    private mutating func observe(
        _ observation: NeighborObservation, on index: Int32, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        // A busy LAN is full of ARP that concerns nobody here.
        guard observation.answersUs || links[index]?.views[observation.address] != nil else { return }
        pass(.neighborHeard(observation), to: index, at: now, using: &random)
    }

    /// Reports that the link is alive, at most once in 100 ms.
    private mutating func noteFrame(on index: Int32, at now: Instant, using random: inout some RandomNumberGenerator) {
        if let last = links[index]?.lastFrame, now - last < .milliseconds(100) { return }
        links[index]?.lastFrame = now
        pass(.frameHeard, to: index, at: now, using: &random)
    }
}
