import Addresses
import Neighbors
import Testing
import Wire

/// Frames as Linux sent them, captured on a veth pair.
@Suite("Neighbour discovery frames")
struct NeighborDiscoveryTests {
    private static let first = MACAddress(bits: 0x02_0000_0000_01)
    private static let second = MACAddress(bits: 0x02_0000_0000_02)
    private static let firstIP = IPAddress(v6: 0xfd09 << 112 | 1)
    private static let secondIP = IPAddress(v6: 0xfd09 << 112 | 2)
    private static let vip = IPAddress(v6: 0xfd09 << 112 | 0x64)

    /// Linux asks for fd09::1 by multicast.
    private static let solicitation = hex(
        """
        3333ff000001 020000000002 86dd 60000000 0020 3a ff
        fd090000000000000000000000000002 ff0200000000000000000001ff000001
        87 00 7d85 00000000 fd090000000000000000000000000001 01 01 020000000002
        """)
    /// Linux answers: router, solicited, override.
    private static let advertisement = hex(
        """
        020000000002 020000000001 86dd 60000000 0020 3a ff
        fd090000000000000000000000000001 fd090000000000000000000000000002
        88 00 9c80 e0000000 fd090000000000000000000000000001 02 01 020000000001
        """)
    /// Linux answers a unicast question, without an option.
    private static let bareAdvertisement = hex(
        """
        020000000001 020000000002 86dd 60000000 0018 3a ff
        fd090000000000000000000000000002 fe8000000000000000000 0fffe000001
        88 00 c012 c0000000 fd090000000000000000000000000002
        """)
    /// Linux is about to take fd09::65, with a nonce (RFC 7527).
    private static let duplicateDetection = hex(
        """
        3333ff000065 020000000002 86dd 60000000 0020 3a ff
        00000000000000000000000000000000 ff0200000000000000000001ff000065
        87 00 5d61 00000000 fd090000000000000000000000000065 0e 01 b21bd95285fb
        """)

    @Test("the kernel's question is written byte for byte, and read")
    func question() throws {
        let message = NeighborSolicitation(target: Self.firstIP, source: Self.secondIP, mac: Self.second)
        #expect(message.frame == Self.solicitation)
        var reader = WireReader(Self.solicitation)
        let heard = try SolicitationSighting(decoding: &reader)
        #expect(heard.source == Self.second && heard.sender == Self.secondIP && heard.target == Self.firstIP)
    }

    @Test("a question to one station keeps the group as its IPv6 destination, which proxy entries need")
    func unicastQuestion() {
        let message = NeighborSolicitation(
            target: Self.firstIP, source: Self.secondIP, mac: Self.second, destinationMAC: Self.first)
        #expect(message.frame == hex("020000000001") + Self.solicitation.dropFirst(6))
    }

    @Test("a question without a sender has no source option (RFC 4861 4.3)")
    func anonymousQuestion() throws {
        let message = NeighborSolicitation(target: Self.vip, source: IPAddress(v6: 0), mac: Self.second)
        #expect(message.frame.count == 14 + 40 + 24)
        var reader = WireReader(message.frame)
        let heard = try SolicitationSighting(decoding: &reader)
        #expect(heard.sender == nil && heard.target == Self.vip)
    }

    @Test("the kernel's duplicate address detection is read as a question without sender")
    func duplicateDetection() throws {
        var reader = WireReader(Self.duplicateDetection)
        let heard = try SolicitationSighting(decoding: &reader)
        #expect(heard.sender == nil && heard.target == IPAddress("fd09::65") && heard.source == Self.second)
    }

    @Test("the kernel's answers are read with their flags, with and without the address option, and with padding")
    func answers() throws {
        var reader = WireReader(Self.advertisement + [0, 0, 0])
        let heard = try AdvertisementSighting(decoding: &reader)
        #expect(heard.target == Self.firstIP && heard.mac == Self.first && heard.source == Self.first)
        #expect(heard.isRouter && heard.isSolicited && heard.overrides)
        reader = WireReader(Self.bareAdvertisement)
        let bare = try AdvertisementSighting(decoding: &reader)
        #expect(bare.target == Self.secondIP && bare.mac == Self.second)
        #expect(bare.isRouter && bare.isSolicited && !bare.overrides)
    }

    @Test(
        "an unsolicited advertisement goes to all nodes, with Override, and as a router or not",
        arguments: [true, false])
    func unsolicited(isRouter: Bool) throws {
        let message = NeighborAdvertisement(target: Self.vip, mac: Self.first, source: Self.vip, isRouter: isRouter)
        #expect(
            message.unsolicitedFrame
                == hex(
                    """
                    333300000001 020000000001 86dd 60000000 0020 3a ff
                    fd090000000000000000000000000064 ff020000000000000000000000000001
                    88 00 \(isRouter ? "d9c2" : "59c3") \(isRouter ? "a0" : "20")000000
                    fd090000000000000000000000000064 02 01 020000000001
                    """))
        var reader = WireReader(message.unsolicitedFrame)
        let heard = try AdvertisementSighting(decoding: &reader)
        #expect(heard.target == Self.vip && heard.mac == Self.first && heard.overrides && !heard.isSolicited)
        #expect(heard.isRouter == isRouter)
    }

    @Test("a frame cut at any byte is an error", arguments: 0..<86)
    func truncated(length: Int) {
        #expect(throws: DecodeError.self) { try advertisement(Array(Self.advertisement.prefix(length))) }
        #expect(throws: DecodeError.self) { try solicitation(Array(Self.solicitation.prefix(length))) }
    }

    @Test(
        "a bit that flips anywhere behind the Ethernet header never goes unseen, but in the flow label",
        arguments: 14..<86)
    func flipped(offset: Int) {
        var frame = Self.advertisement
        frame[offset] ^= 1
        if (14 + 0..<14 + 4).contains(offset) { return }  // traffic class and flow label are nobody's business here
        #expect(throws: DecodeError.self) { try advertisement(frame) }
    }

    /// A change of the message, the field that is wrong then; the checksum is made right again.
    @Test(
        "what RFC 4861 7.1 forbids is malformed at its field",
        arguments: [
            (21, 64, "next header and hop limit at offset 20"), (14, 0x50, "IP version at offset 14"),
            (55, 1, "ICMPv6 type and code at offset 54"), (62, 0xFF, "target at offset 62"),
            (79, 0, "option length at offset 78"),
        ])
    func forbidden(offset: Int, value: UInt8, error: String) {
        var frame = Self.advertisement
        frame[offset] = value
        fixChecksum(&frame)
        #expect {
            try advertisement(frame)
        } throws: {
            ($0 as? DecodeError)?.description == "\(error) is malformed"
        }
    }

    @Test("an answer to all that claims to be solicited is malformed (RFC 4861 7.1.2)")
    func solicitedToAll() {
        var frame = NeighborAdvertisement(target: Self.vip, mac: Self.first, source: Self.vip).unsolicitedFrame
        frame[58] |= 0x40
        fixChecksum(&frame)
        #expect(throws: DecodeError.self) { try advertisement(frame) }
    }

    @Test("an option that reaches beyond the message is truncated, not read from what follows")
    func longOption() {
        var frame = Self.advertisement + [UInt8](repeating: 0, count: 64)
        frame[79] = 2
        fixChecksum(&frame)
        #expect(throws: DecodeError.truncated(offset: 80, missing: 8)) { try advertisement(frame) }
    }

    @Test("a question without sender to one address, or with a source option, is malformed (RFC 4861 7.1.1)")
    func anonymousRules() {
        var frame = Self.duplicateDetection
        frame[78] = 1
        fixChecksum(&frame)
        #expect(throws: DecodeError.self) { try solicitation(frame) }
        frame = Self.duplicateDetection
        frame.replaceSubrange(38..<54, with: hex("fd090000000000000000000000000065"))
        fixChecksum(&frame)
        #expect(throws: DecodeError.self) { try solicitation(frame) }
    }

    private func advertisement(_ frame: [UInt8]) throws -> AdvertisementSighting {
        var reader = WireReader(frame)
        return try AdvertisementSighting(decoding: &reader)
    }

    private func solicitation(_ frame: [UInt8]) throws -> SolicitationSighting {
        var reader = WireReader(frame)
        return try SolicitationSighting(decoding: &reader)
    }

    /// RFC 1071, for itself: addresses, length and next header, then the message.
    private func fixChecksum(_ frame: inout [UInt8]) {
        let end = 54 + Int(frame[18]) << 8 + Int(frame[19])
        frame[56] = 0
        frame[57] = 0
        var sum = 58 + end - 54
        for index in stride(from: 22, to: end, by: 2) { sum += Int(frame[index]) << 8 + Int(frame[index + 1]) }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        let checksum = ~UInt16(sum)
        frame[56] = UInt8(checksum >> 8)
        frame[57] = UInt8(checksum & 0xFF)
    }
}
