import Addresses
import Neighbors
import Testing
import Wire

/// Frames as Linux and arping sent them, captured on a veth pair.
@Suite("ARP frames")
struct ARPPacketTests {
    private static let first = MACAddress(bits: 0x02_0000_0000_01)
    private static let second = MACAddress(bits: 0x02_0000_0000_02)
    private static let firstIP = IPAddress(v4: 0x0A09_0001)
    private static let secondIP = IPAddress(v4: 0x0A09_0002)
    private static let vip = IPAddress(v4: 0x0A09_0064)

    /// Linux asks for 10.9.0.1.
    private static let request = hex(
        "ffffffffffff 020000000002 0806 0001 0800 06 04 0001 020000000002 0a090002 000000000000 0a090001")
    /// Linux answers.
    private static let reply = hex(
        "020000000002 020000000001 0806 0001 0800 06 04 0002 020000000001 0a090001 020000000002 0a090002")
    /// `arping -U`, with padding.
    private static let arpingGratuitous = hex(
        "ffffffffffff 020000000002 0806 0001 0800 06 04 0001 020000000002 0a090002 ffffffffffff 0a090002 00000000000000000000000000000000"
    )

    @Test("the kernel's question and answer are read, and written again byte for byte")
    func golden() throws {
        let question = ARPPacket.question(Self.firstIP, from: Self.secondIP, mac: Self.second)
        #expect(question.frame == Self.request)
        #expect(try decode(Self.request) == question)
        let answer = try decode(Self.reply)
        #expect(answer.operation == .reply && answer.destination == Self.second && answer.source == Self.first)
        #expect(answer.senderMAC == Self.first && answer.senderIP == Self.firstIP && answer.claims(Self.firstIP))
        #expect(answer.targetMAC == Self.second && answer.targetIP == Self.secondIP)
        #expect(answer.frame == Self.reply)
    }

    @Test("padding after the packet is ignored, and a gratuitous packet of arping claims its address")
    func padding() throws {
        let packet = try decode(Self.arpingGratuitous)
        #expect(packet.operation == .request && packet.claims(Self.secondIP) && packet.targetIP == Self.secondIP)
        #expect(packet.frame == Array(Self.arpingGratuitous.prefix(ARPPacket.length)))
    }

    @Test("gratuitous ARP comes in both forms; the reply's target hardware address is the sender's")
    func gratuitous() {
        #expect(
            ARPPacket.gratuitous(Self.vip, mac: Self.first).map(\.frame) == [
                hex("ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a090064 000000000000 0a090064"),
                hex("ffffffffffff 020000000001 0806 0001 0800 06 04 0002 020000000001 0a090064 020000000001 0a090064"),
            ])
    }

    @Test("the second opinion goes to one station, and asks as the node itself")
    func unicastQuestion() {
        let packet = ARPPacket.question(Self.vip, from: Self.firstIP, mac: Self.first, to: Self.second)
        #expect(
            packet.frame
                == hex(
                    "020000000002 020000000001 0806 0001 0800 06 04 0001 020000000001 0a090001 000000000000 0a090064"))
        #expect(!packet.claims(Self.vip))
    }

    @Test("a frame cut at any byte is an error that says where", arguments: 0..<ARPPacket.length)
    func truncated(length: Int) {
        #expect {
            try decode(Array(Self.request.prefix(length)))
        } throws: { error in
            guard case .truncated(let offset, let missing) = error as? DecodeError else { return false }
            return offset <= length && missing > 0
        }
    }

    @Test(
        "what is no ARP for IPv4 over Ethernet is malformed at the field that says so",
        arguments: [
            (12, "EtherType"), (14, "hardware type"), (16, "protocol type"), (18, "address lengths"), (20, "operation"),
        ])
    func malformed(offset: Int, field: String) {
        var frame = Self.request
        frame[offset] ^= 0x40
        #expect {
            try decode(frame)
        } throws: {
            ($0 as? DecodeError)?.description == "\(field) at offset \(offset) is malformed"
        }
    }

    private func decode(_ frame: [UInt8]) throws -> ARPPacket {
        var reader = WireReader(frame)
        return try ARPPacket(decoding: &reader)
    }
}
