import Addresses
import Timing
import Wire

// What comes from the socket: checks, then what each type of message does.
extension OwnershipSession {
    /// More processes than this on one link are not kept.
    static let memberLimit = 1024
    /// How long a replaced or incompatible process is remembered.
    static let retirement: Duration = .seconds(60)

    mutating func receive(
        _ datagram: OwnershipDatagram, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard phase != .idle, hasCarrier, !isFinished else { return }
        noteFrame(at: now)
        do throws(OwnershipError) {
            let message = try check(datagram, at: now)
            try take(message, from: datagram.source, at: now, using: &random)
            counters.received[message.header.type, default: 0] += 1
        } catch {
            counters.dropped[error.drop, default: 0] += 1
            if case .incompatible(let instance, let lowest) = error {
                noteIncompatible(instance, at: datagram.source, lowestVersion: lowest, now: now)
            }
        }
    }

    /// All checks that come before a datagram is believed, the cheap ones first.
    private mutating func check(
        _ datagram: OwnershipDatagram, at now: Instant
    ) throws(OwnershipError) -> OwnershipMessage {
        guard datagram.hopLimit == 255 else { throw .hopLimit }
        let unverified = try UnverifiedMessage(datagram.bytes, keys: keys, versions: settings.versions)
        let sender = unverified.header.instance
        guard sender != instance else { throw .instance }
        guard retired[sender] == nil else { throw .retired }
        if let peer = peers[sender] {
            guard peer.accepts(unverified.header) else { throw .replayed }
        } else if badTags.skips(at: now) {
            throw .sampled
        }
        do throws(OwnershipError) {
            return try unverified.verified()
        } catch {
            if error == .tag { badTags.note(at: now) }
            throw error
        }
    }

    private mutating func take(
        _ message: OwnershipMessage, from source: IPAddress, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(OwnershipError) {
        if message.header.type == .hello {
            try receiveHello(message, from: source, at: now, using: &random)
            return
        }
        guard var peer = peers[message.header.instance] else { throw .unknownMember }
        peer.noteHeader(message.header, from: source)
        peers[peer.instance] = peer
        switch message.header.type {
        case .hello: break
        case .claims:
            applyClaims(message.elements, of: peer.instance, at: now)
            confirmTable(of: peer.instance)
            assess(peer.instance, at: now)
        case .syncRequest: noteTableRequest(message, from: peer, at: now)
        case .sync: receiveTable(message, from: peer, at: now)
        case .handover: receiveHandover(message, from: peer, at: now)
        case .refuse: receiveRefusal(message, from: peer, at: now)
        case .known: receiveKnown(message, from: peer, at: now)
        }
    }

    private mutating func receiveHello(
        _ message: OwnershipMessage, from source: IPAddress, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(OwnershipError) {
        let header = message.header
        let id = header.instance
        guard let name = message.nodeName else {
            throw .element(.malformed(offset: OwnershipHeader.length, field: "name"))
        }
        // The last words of this node's former process.
        if header.mac == settings.mac && name == settings.nodeName { throw .instance }
        guard peers[id] != nil || peers.count < Self.memberLimit else { throw .tooManyMembers }
        var peer =
            peers[id]
            ?? makePeer(
                id, named: name, interval: .milliseconds(Int(header.interval)), multiplier: Int(header.multiplier),
                at: now)
        let former = peer.flags
        let isAlone = isIsolated(at: now)
        peer.noteHeader(header, from: source)
        peer.noteHello(message, named: name, at: now)
        peers[id] = peer
        if isAlone { companySince = now }
        receptionSoughtAt = nil
        rumours[id] = nil
        if peer.isLive && former != peer.flags { refreshElectable() }
        noteEchoes(message, from: id, at: now, using: &random)
        applyClaims(message.elements, of: id, at: now)
        confirmTable(of: id)
        assess(id, at: now)
        scheduleTableRequest(of: id, at: now, using: &random)
        if header.flags.contains(.poll), let peer = peers[id] { sendUnicastHello(to: peer, at: now) }
    }

    /// The record of a process that is heard of for the first time.
    mutating func makePeer(
        _ id: InstanceID, named name: String, interval: Duration, multiplier: Int, at now: Instant
    ) -> PeerRecord {
        processesHeard += 1
        return PeerRecord(
            instance: id, ordinal: processesHeard, nodeName: name, interval: interval, multiplier: multiplier, at: now)
    }

    private mutating func noteIncompatible(
        _ instance: InstanceID, at address: IPAddress, lowestVersion: UInt8, now: Instant
    ) {
        let isNew = incompatible[instance] == nil
        guard !isNew || incompatible.count < Self.memberLimit else { return }
        incompatible[instance] = now
        if isNew { out.report(.incompatible(instance: instance, address: address, lowestVersion: lowestVersion)) }
    }
}

extension OwnershipMessage {
    var nodeName: String? {
        for case .name(let name) in elements { return name }
        return nil
    }

    var about: InstanceID? {
        for case .about(let instance) in elements { return instance }
        return nil
    }
}

extension PeerRecord {
    /// What any datagram says of its sender.
    mutating func noteHeader(_ header: OwnershipHeader, from source: IPAddress) {
        guard window.note(header.sequence) else { return }
        statedVersion = header.claimsVersion
        statedDigest = header.claimsDigest
        mac = header.mac
        address = source
    }

    /// True for a datagram that was not received before. A hello has to be newer than the last; others may have been
    /// overtaken on their way.
    func accepts(_ header: OwnershipHeader) -> Bool {
        header.type == .hello
            ? header.sequence > helloSequence && window.isNew(header.sequence) : window.isNew(header.sequence)
    }

    /// What only a hello says.
    mutating func noteHello(_ message: OwnershipMessage, named name: String, at now: Instant) {
        let header = message.header
        nodeName = name
        helloSequence = header.sequence
        flags = header.flags
        interval = .milliseconds(Int(header.interval))
        wantedMultiplier = Int(header.multiplier)
        rotation = Int(header.rotation)
        highestVersion = header.version
        if flags.contains(.adopting) { adopts = true }
        if flags.contains(.listening) { startsEmpty = true }
        for element in message.elements {
            switch element {
            case .helloCount(let count): noteHelloCount(count)
            case .configurationAge(let age): configurationSeen = age.map { now - .seconds(Int64($0)) }
            case .highestVersion(let version): highestVersion = max(version, header.version)
            default: break
            }
        }
        let isNew = heard.map { now - $0 > interval * multiplier } ?? true
        if isNew { heardSince = now }
        heard = now
        evidence = now
        hellosHeard += 1
    }
}
