import Addresses
import Ownership
import Testing

@Suite("Datagrams between members")
struct MessageTests {
    static let keys = OwnershipKeys(id: 7, key: Array("0123456789abcdef".utf8))

    static func header(_ type: OwnershipMessageType) throws -> OwnershipHeader {
        let instance = try #require(InstanceID(bits: 0x0102_0304_0506_0708))
        var header = OwnershipHeader(
            type: type, instance: instance, sequence: 9, interval: 100, multiplier: 3,
            mac: MACAddress(bits: 0x5254_0012_3456))
        header.claimsVersion = 3
        header.claimsDigest = 0x1122_3344_5566_7788
        header.flags = [.adopting, .poll]
        header.rotation = 2
        return header
    }

    static func everything() throws -> OwnershipMessage {
        let peer = try #require(InstanceID(bits: 0xAA))
        let v4 = try #require(IPAddress("192.0.2.1"))
        let v6 = try #require(IPAddress("2001:db8::1"))
        return OwnershipMessage(
            header: try header(.hello),
            elements: [
                .name("node-a"),
                .echo([
                    EchoEntry(instance: peer, sequence: 5, tableVersion: 6, age: 7, isTwoWay: true, mayWait: true)
                ]),
                .claims(
                    .init(from: 1, to: 3, changes: [.init(v4, Claim(epoch: 2, isIsolated: true)), .init(v4, nil)])),
                .claims(.init(from: 3, to: 4, changes: [.init(v6, Claim(epoch: 9, isDeletion: true))])),
                .about(peer), .fragment(.init(index: 1, count: 2, tableVersion: 3)),
                .handover(.init(successor: peer, entries: [.init(vip: v4, epoch: 3)])),
                .handover(.init(successor: peer, entries: [.init(vip: v6, epoch: 4)])),
                .configurationAge(60), .configurationAge(nil), .helloCount(11), .highestVersion(2),
            ])
    }

    /// Header and elements of `everything()`, byte by byte, and the tag of OpenSSL over them.
    static let golden: [UInt8] =
        [0x54, 0x4F, 0x4F, 0x57, 1, 1, 1, 7]  // magic, version, lowest version, HELLO, key 7
        + [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9]  // instance, sequence
        + [0, 0, 0, 3, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]  // table version, digest
        + [0, 0x30, 0, 100, 3, 2]  // flags, interval, multiplier, rotation
        + [0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x01, 0x0A, 0, 12]  // MAC, length 266, elements
        + [1, 0, 0, 6] + Array("node-a".utf8)
        + [2, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0xAA, 0, 0, 0, 5, 0, 0, 0, 6, 0, 7, 0, 3]
        + [3, 0, 0, 26, 0, 0, 0, 1, 0, 0, 0, 3, 192, 0, 2, 1, 0, 0, 0, 2, 1, 192, 0, 2, 1, 0, 0, 0, 0, 2]
        + [4, 0, 0, 29, 0, 0, 0, 3, 0, 0, 0, 4] + [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        + [0, 0, 0, 9, 6]
        + [5, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0xAA, 6, 0, 0, 8, 0, 1, 0, 2, 0, 0, 0, 3]
        + [7, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0xAA, 192, 0, 2, 1, 0, 0, 0, 3]
        + [9, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 0xAA] + [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        + [0, 0, 0, 4]
        + [8, 0, 0, 4, 0, 0, 0, 60, 8, 0, 0, 4, 255, 255, 255, 255, 10, 0, 0, 4, 0, 0, 0, 11, 11, 0, 0, 1, 2]

    @Test("a message is written as documented")
    func writes() throws {
        let bytes = try Self.everything().encoded(keys: Self.keys)
        #expect(Array(bytes.dropLast(16)) == Self.golden)
        #expect(bytes.count == 0x10A)
    }

    @Test("what was written is read back")
    func reads() throws {
        let message = try Self.everything()
        #expect(try OwnershipMessage(decoding: message.encoded(keys: Self.keys), keys: Self.keys) == message)
    }

    @Test("a message cut at any byte is refused")
    func truncated() throws {
        let bytes = try Self.everything().encoded(keys: Self.keys)
        for count in bytes.indices {
            #expect(throws: OwnershipError.self) {
                try OwnershipMessage(decoding: Array(bytes[..<count]), keys: Self.keys)
            }
        }
    }

    @Test("a message with any bit flipped is refused")
    func flipped() throws {
        let bytes = try Self.everything().encoded(keys: Self.keys)
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: OwnershipError.self) { try OwnershipMessage(decoding: damaged, keys: Self.keys) }
            }
        }
    }

    @Test("elements of unknown types are skipped, epochs from 2^31 on are refused")
    func elements() throws {
        let vip = try #require(IPAddress("192.0.2.1"))
        let high = OwnershipMessage(
            header: try Self.header(.claims),
            elements: [.claims(.init(from: 0, to: 1, changes: [.init(vip, Claim(epoch: 1 << 31))]))])
        #expect(throws: OwnershipError.epoch) {
            try OwnershipMessage(decoding: high.encoded(keys: Self.keys), keys: Self.keys)
        }
    }

    @Test("two keys are accepted while keys are changed; a third is not")
    func keys() throws {
        let message = try Self.everything()
        let old = Self.keys
        let new = OwnershipKeys(id: 8, key: Array("fedcba9876543210".utf8))
        let rotating = old.accepting(id: 8, key: Array("fedcba9876543210".utf8))
        #expect(try OwnershipMessage(decoding: message.encoded(keys: new), keys: rotating) == message)
        #expect(try OwnershipMessage(decoding: message.encoded(keys: old), keys: rotating) == message)
        #expect(throws: OwnershipError.key) { try OwnershipMessage(decoding: message.encoded(keys: new), keys: old) }
        let forged = OwnershipKeys(id: 7, key: Array("another key here".utf8))
        #expect(throws: OwnershipError.tag) { try OwnershipMessage(decoding: message.encoded(keys: forged), keys: old) }
    }

    @Test("random bytes, and random bodies under a true tag, never trap")
    func random() throws {
        var random = SeededGenerator(seed: 42)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: OwnershipError.self) { try OwnershipMessage(decoding: bytes, keys: Self.keys) }
        }
        let whole = try Self.everything().encoded(keys: Self.keys)
        for _ in 0..<20_000 {
            var bytes = Array(whole.dropLast(16))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 48..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? OwnershipMessage(decoding: TaggedBytes.tag(bytes), keys: Self.keys)
        }
    }
}
