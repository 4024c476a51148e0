import Addresses
import BFD
import BGP
import BGPTransport
import ClusterConfiguration
import Logging
import NIOCore
import Timing

/// What BFD says of the path to a peer.
struct PeerForwarding {
    var path: BFDPath
    var state = BFDState.down
    var rules = BFDClientRules()
}

// BFD: begins once the session's own address is known, and ends a session whose path is dead at once.
extension RouteLoop {
    private var now: Instant { Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds)) }

    /// Guards the path of an established session, or goes on with another profile.
    func guardPath(of slot: PeerSlot) {
        guard let definition = slot.definition, let profile = definition.bfdProfile else {
            return releasePath(of: slot)
        }
        guard let transport = slot.transport, let local = transport.path?.local,
            let path = Self.path(from: local, to: transport.endpoint, definition)
        else { return }
        if slot.forwarding?.path != path { slot.forwarding = PeerForwarding(path: path) }
        let name = slot.name
        bfd?.hold(name, path, BFDSettings(profile, path)) { [weak self] change in
            guard let self else { return }
            self.loop.execute { self.assumeIsolated { $0.note(change, of: name, path) } }
        }
    }

    func releasePath(of slot: PeerSlot) {
        guard slot.forwarding != nil else { return }
        slot.forwarding = nil
        bfd?.release(slot.name)
    }

    /// As routers do it: one hop for external peers on the link, more for all others.
    private static func path(
        from local: IPAddress, to endpoint: PeerEndpoint, _ peer: Configuration.Peer
    ) -> BFDPath? {
        let remote = endpoint.address
        if endpoint.zone == nil, peer.isMultiHop || peer.isInternal { return .multiHop(from: local, to: remote) }
        let devices = (try? System.enumerateDevices()) ?? []
        let device = devices.first { device in
            (endpoint.zone == nil || endpoint.zone == device.name)
                && device.address?.ipAddress.flatMap { IPAddress(String($0.prefix { $0 != "%" })) } == local
        }
        return device.map { .singleHop(from: local, to: remote, interface: UInt32(clamping: $0.interfaceIndex)) }
    }

    private func note(_ change: BFDStateChange, of peer: String, _ path: BFDPath) {
        guard let slot = slots[peer], slot.forwarding?.path == path else { return }
        slot.forwarding?.state = change.to
        logger.notice(
            "BFD changed its state",
            metadata: ["peer": "\(peer)", "state": "\(change.to)", "reason": "\(change.diagnostic)"])
        if slot.forwarding?.rules.note(change, at: now) == true { slot.transport?.loseForwarding() }
        if change.to == .up { slot.transport?.noteReachable() }
        scheduleCheck(of: peer, slot)
    }

    /// A Down soon after the first Up may be a router that made its session anew; it has a while to come back.
    private func scheduleCheck(of peer: String, _ slot: PeerSlot) {
        guard let deadline = slot.forwarding?.rules.nextDeadline else { return }
        loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: deadline.nanoseconds))) { [weak self] in
            self?.assumeIsolated { routes in
                guard let slot = routes.slots[peer] else { return }
                if slot.forwarding?.rules.check(at: routes.now) == true { slot.transport?.loseForwarding() }
            }
        }
    }
}

extension BFDSettings {
    /// A profile for a path. Whoever asks for echo packets of others has to loop them: that is the kernel's forwarding, which
    /// does it for IPv4 over one hop.
    init(_ profile: Configuration.BFDProfile, _ path: BFDPath) {
        let mayEcho = profile.isEchoEnabled && path.mayEcho
        self.init(
            transmitInterval: profile.transmitInterval, receiveInterval: profile.receiveInterval,
            echoInterval: mayEcho ? profile.echoInterval : nil, detectMultiplier: profile.detectMultiplier,
            isPassive: profile.isPassive, minimumHopLimit: path.kind == .singleHop ? 255 : profile.minimumTTL)
    }
}
