import Addresses
import Announcement
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Neighbors
import Ownership
import Testing
import Timing
import Wire

/// A LAN of nodes in memory: datagrams and frames of one reach the others at once, and the clock is moved by hand.
struct Site {
    static let vip = IPAddress(v4: 0xC0A8_7A5A)
    static let interface: Int32 = 2

    struct NodeState {
        var session: AnnouncementSession
        var mac: MACAddress
        /// Its own addresses, one of each family.
        var addresses: [IPAddress]
        /// Where its last hello to all went.
        var families: [IPFamily] = []
        /// What its kernel answers for.
        var answers: Set<Answer> = []
        var leases: [Duration] = []
        var reports: [OwnershipReport] = []
        var isConnected = true
        var isFinished = false
    }

    var nodes: [String: NodeState] = [:]
    var now = Instant(sinceStart: .seconds(1))
    /// Gratuitous ARP in the order in which it was sent.
    var announcements: [ARPPacket] = []
    private var random = Seeded(state: 7)

    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    /// Starts a node with one link, and shows it the cluster.
    mutating func add(_ name: String, number: UInt32, held: [IPAddress] = []) throws {
        let mac = MACAddress(bits: 0x5254_007A_0000 + UInt64(number))
        let addresses = [
            IPAddress(v4: 0xC0A8_7A00 + number), IPAddress(v6: 0xFE80 << 112 | UInt128(number)),
        ]
        let settings = AnnouncementSession.Settings(
            nodeName: name, ownership: OwnershipSettings(nodeName: name, mac: mac), links: try LinkPolicy(),
            eligibility: .init())
        nodes[name] = NodeState(
            session: AnnouncementSession(settings: settings, keys: .init(id: 1, key: Array(repeating: 7, count: 32))),
            mac: mac,
            addresses: addresses)
        send(.links([facts(of: name)]), to: name)
        send(.started(held: [Self.interface: held], snapshots: [:]), to: name)
    }

    func facts(of name: String, carrier: Bool = true, unforwarded: Set<IPFamily> = []) -> LinkFacts {
        let node = nodes[name]
        return LinkFacts(
            index: Self.interface, name: "eth0", mac: node?.mac ?? .zero, hasCarrier: carrier,
            addresses: (node?.addresses ?? []).compactMap { IPPrefix($0, length: $0.family == .ipv4 ? 24 : 64) },
            unforwarded: unforwarded)
    }

    mutating func send(_ event: AnnouncementEvent, to name: String) {
        guard let effects = nodes[name]?.session.handle(event, at: now, using: &random) else { return }
        perform(effects, of: name)
    }

    /// Tells all nodes, or one, something new of the cluster.
    mutating func update(only: String? = nil, _ change: (inout ClusterView) -> Void) {
        for name in nodes.keys.sorted() where only == nil || only == name {
            guard let effects = nodes[name]?.session.updateCluster(at: now, using: &random, change) else { continue }
            perform(effects, of: name)
        }
    }

    /// Pulls or plugs in a node's cable.
    mutating func connect(_ name: String, _ isConnected: Bool) {
        nodes[name]?.isConnected = isConnected
        send(.links([facts(of: name, carrier: isConnected)]), to: name)
    }

    /// Takes a node's own addresses off its interface, or puts them back. Without one it neither sends nor hears hellos.
    mutating func setAddressed(_ name: String, _ isAddressed: Bool) {
        nodes[name]?.isConnected = isAddressed
        var facts = facts(of: name)
        if !isAddressed { facts.addresses = [] }
        send(.links([facts]), to: name)
    }

    /// Lets time pass, in steps of whatever is due next.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let next = nodes.values.compactMap(\.session.nextDeadline).min(), next <= end {
            now = max(now, next)
            for name in nodes.keys.sorted() {
                guard let deadline = nodes[name]?.session.nextDeadline, deadline <= now else { continue }
                send(.tick, to: name)
            }
        }
        now = end
    }

    /// The nodes whose kernel answers for the address.
    func answering(_ address: IPAddress = vip) -> [String] {
        nodes.filter { $0.value.answers.contains { $0.address == address } }.keys.sorted()
    }

    private mutating func perform(_ effects: [AnnouncementEffect], of name: String) {
        for effect in effects {
            switch effect {
            case .open, .close: break
            case .answer(let answers): nodes[name]?.answers.formUnion(answers)
            case .silence(let answers): nodes[name]?.answers.subtract(answers)
            case .setLease(let duration): nodes[name]?.leases.append(duration)
            case .send(_, let bytes, let destination): deliver(bytes, from: name, to: destination)
            case .frames(_, let family, let frames):
                for frame in frames where family == .ipv4 { deliver(frame, from: name) }
            case .report(_, let report): nodes[name]?.reports.append(report)
            case .finished: nodes[name]?.isFinished = true
            }
        }
    }

    private mutating func deliver(_ bytes: [UInt8], from name: String, to destination: HelloDestination) {
        guard let sender = nodes[name], sender.isConnected else { return }
        for other in nodes.keys.sorted() where other != name {
            guard let receiver = nodes[other], receiver.isConnected else { continue }
            let families: [IPFamily]
            switch destination {
            case .groups(let all):
                families = all
                nodes[name]?.families = all
            case .member(let address): families = receiver.addresses.contains(address) ? [address.family] : []
            }
            // A kernel hears multicast of any family, and speaks one only with an address of it.
            for family in families {
                guard let source = sender.addresses.first(where: { $0.family == family }) else { continue }
                send(.datagram(link: Self.interface, bytes: bytes, source: source), to: other)
            }
        }
    }

    /// Frames: gratuitous ARP is noted; a question is answered by the kernel that answers for the address.
    private mutating func deliver(_ frame: [UInt8], from name: String) {
        var reader = WireReader(frame)
        guard let packet = try? ARPPacket(decoding: &reader), nodes[name]?.isConnected == true else { return }
        if packet.senderIP == packet.targetIP { announcements.append(packet) }
        for other in nodes.keys.sorted() where other != name && nodes[other]?.isConnected == true {
            send(.arp(link: Self.interface, packet), to: other)
            guard let mac = nodes[other]?.mac, answering(packet.targetIP).contains(other), packet.operation == .request,
                packet.senderIP != packet.targetIP
            else { continue }
            let answer = ARPPacket(
                destination: packet.senderMAC, source: mac, operation: .reply, senderMAC: mac,
                senderIP: packet.targetIP,
                targetMAC: packet.senderMAC, targetIP: packet.senderIP)
            send(.arp(link: Self.interface, answer), to: name)
        }
    }
}

extension ClusterView {
    /// A cluster with these nodes, one pool and one Service with an endpoint on each node.
    mutating func fill(nodes: [String], vips: [IPAddress] = [Site.vip], ready: Bool = true) {
        let range = IPPrefix("192.168.122.0/24").map(\.range)
        setConfiguration(
            ClusterConfiguration.Configuration(
                pools: [AddressPool(name: "default", ranges: [range].compactMap { $0 })],
                layer2Advertisements: [.init(name: "all", pools: ["default"])]))
        missPoolServices()
        replaceNodes(nodes.map { Node(metadata: ObjectMeta(name: $0)) })
        replaceServices(
            vips.map { vip in
                var service = Service(
                    metadata: ObjectMeta(name: "web-\(vip.bits)", namespace: "default"),
                    spec: .init(type: "LoadBalancer"))
                service.status.loadBalancer = .init(ingress: [.init(ip: "\(vip)")])
                return service
            })
        replaceSlices(
            vips.map { vip in
                EndpointSlice(
                    metadata: ObjectMeta(
                        name: "web-\(vip.bits)-1", namespace: "default",
                        labels: [EndpointSlice.serviceNameLabel: "web-\(vip.bits)"]),
                    endpoints: nodes.map {
                        .init(addresses: ["10.244.0.2"], conditions: .init(ready: ready), nodeName: $0)
                    })
            })
    }
}

extension OwnershipReport {
    /// True for a member that is silent or gone.
    var isLoss: Bool {
        switch self {
        case .peerSilent, .peerDown: true
        default: false
        }
    }
}
