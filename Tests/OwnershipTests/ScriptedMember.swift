import Addresses
import Ownership
import Timing

/// A member that the test writes: it says what it is told to, with the shared key.
struct ScriptedMember {
    let name: String
    let instance: InstanceID
    let mac: MACAddress
    let address: IPAddress
    let keys: OwnershipKeys
    var sequence: UInt32 = 0
    var hellos: UInt32 = 0
    var interval: UInt16 = 100
    var rotation: UInt8 = 1
    var versions: (spoken: UInt8, lowest: UInt8, highest: UInt8) = (1, 1, 1)

    init?(_ number: Int, keys: OwnershipKeys) {
        guard let instance = InstanceID(bits: UInt64(0x5C00_0000 + number)) else { return nil }
        self.instance = instance
        name = "scripted-\(number)"
        mac = MACAddress(bits: UInt64(0x5C00 + number))
        address = IPAddress(v4: 0x0A00_1000 + UInt32(number))
        self.keys = keys
    }

    /// A hello that echoes another member's hello, with these elements.
    mutating func hello(
        echoing other: (instance: InstanceID, sequence: UInt32)? = nil, _ elements: [OwnershipElement] = [],
        version: UInt32 = 0
    ) -> OwnershipEvent {
        sequence += 1
        hellos += 1
        var header = OwnershipHeader(
            type: .hello, instance: instance, sequence: sequence, interval: interval, multiplier: 3, mac: mac)
        header.version = versions.spoken
        header.lowestVersion = versions.lowest
        header.rotation = rotation
        header.claimsVersion = version
        var all: [OwnershipElement] = [.name(name), .helloCount(hellos)]
        if versions.highest > versions.spoken { all.append(.highestVersion(versions.highest)) }
        if let other {
            all.append(
                .echo([
                    EchoEntry(
                        instance: other.instance, sequence: other.sequence, tableVersion: 0, age: 0, isTwoWay: true)
                ]))
        }
        let bytes = OwnershipMessage(header: header, elements: all + elements).encoded(keys: keys)
        return .datagram(OwnershipDatagram(bytes: bytes, source: address))
    }
}

/// One machine alone with what a test tells it.
struct Bench {
    var session: OwnershipSession
    var now = Instant(nanoseconds: 1_000_000_000)
    var random = SeededGenerator(seed: 3)
    var effects: [OwnershipEffect] = []
    let keys: OwnershipKeys

    init(_ change: (inout OwnershipSettings) -> Void = { _ in }) {
        keys = OwnershipKeys(id: 1, key: Array("0123456789abcdef".utf8))
        var settings = OwnershipSettings(nodeName: "node-a", mac: MACAddress(bits: 1))
        change(&settings)
        session = OwnershipSession(settings: settings, keys: keys, using: &random)
    }

    mutating func send(_ event: OwnershipEvent) { effects += session.handle(event, at: now, using: &random) }

    /// Lets time pass, with ticks where they are due.
    mutating func run(_ duration: Duration) {
        let end = now + duration
        while let next = session.nextDeadline, next <= end {
            now = max(now, next)
            send(.tick)
        }
        now = end
    }

    /// What was multicast or sent to one member, decoded; the newest last.
    func messages(versions: ClosedRange<UInt8> = 1...9) -> [OwnershipMessage] {
        effects.compactMap { effect in
            guard case .send(let bytes, _) = effect else { return nil }
            return try? OwnershipMessage(decoding: bytes, keys: keys, versions: versions)
        }
    }

    /// The machine's last datagram, as a member echoes it.
    var lastSent: (instance: InstanceID, sequence: UInt32)? {
        for case .send(let bytes, _) in effects.reversed() {
            let message = try? OwnershipMessage(decoding: bytes, keys: keys, versions: 1...9)
            return message.map { ($0.header.instance, $0.header.sequence) }
        }
        return nil
    }

    var reports: [OwnershipReport] {
        effects.compactMap { if case .report(let report) = $0 { report } else { nil } }
    }
}
