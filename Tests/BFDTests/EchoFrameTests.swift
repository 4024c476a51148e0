import Addresses
import BFD
import Testing

@Suite("Frames of the echo function (RFC 5881 4)")
struct EchoFrameTests {
    private static let own = IPAddress(v4: 0x0A09_0001)
    private static let peer = IPAddress(v4: 0x0A09_0002)
    private static let ownMAC = MACAddress(bits: 0x0200_0000_0001)
    private static let peerMAC = MACAddress(bits: 0x0200_0000_0002)
    private static let payload = BFDEcho(discriminator: 1, sequence: 2, nonce: 3).encoded

    private static var frame: [UInt8] { BFDEchoFrame.encode(payload, address: own, from: ownMAC, to: peerMAC) }

    @Test("an echo packet goes to the peer's Ethernet address and to nobody's address but our own")
    func bytes() {
        let header: [UInt8] = [
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
            0x45, 0xC0, 0, 48, 0, 0, 0, 0, 255, 17, 0xA6, 0xE9, 10, 9, 0, 1, 10, 9, 0, 1,
            0xC0, 0, 0x0E, 0xC9, 0, 28, 0, 0,
        ]
        #expect(Self.frame == header + Self.payload)
    }

    @Test("what comes back is read, padded or not, and nothing that is cut")
    func comesBack() {
        var frame = Self.frame
        frame[22] = 254
        let sighting = BFDEchoFrame.Sighting.echo(payload: Self.payload)
        #expect(BFDEchoFrame.decode(frame, own: Self.own, peer: Self.peer) == sighting)
        #expect(BFDEchoFrame.decode(frame + [0, 0, 0], own: Self.own, peer: Self.peer) == sighting)
        for length in frame.indices {
            #expect(BFDEchoFrame.decode(Array(frame[..<length]), own: Self.own, peer: Self.peer) == nil)
        }
    }

    /// A control packet of the peer, as far as its headers go.
    private static func control(hopLimit: UInt8 = 255, from: UInt8 = 2, to: UInt8 = 1, port: UInt8 = 0xC8) -> [UInt8] {
        var frame = frame
        frame.replaceSubrange(6..<12, with: peerMAC.octets)
        (frame[22], frame[29], frame[33], frame[37]) = (hopLimit, from, to, port)
        return frame
    }

    @Test("the peer's Ethernet address is that of its control packets, of one hop")
    func peerIsLearned() {
        func read(_ frame: [UInt8]) -> BFDEchoFrame.Sighting? {
            BFDEchoFrame.decode(frame, own: Self.own, peer: Self.peer)
        }
        #expect(read(Self.control()) == .peer(Self.peerMAC))
        #expect(read(Self.control(hopLimit: 254)) == nil)
        #expect(read(Self.control(from: 3)) == nil)
        #expect(read(Self.control(to: 4)) == nil)
        #expect(read(Self.control(port: 0xCA)) == nil)
        // an echo packet of the peer is to be looped by the kernel, not read
        #expect(read(Self.control(from: 2, to: 2, port: 0xC9)) == nil)
        var other = Self.control()
        other[23] = 6
        #expect(read(other) == nil)
        (other[23], other[14]) = (17, 0x46)
        #expect(read(other) == nil)
        (other[14], other[12]) = (0x45, 0x86)
        #expect(read(other) == nil)
    }
}
