import Addresses
import BGP
import Testing

@Suite("Messages on the wire")
struct MessageTests {
    /// What BIRD 2.0.12 sends as AS 65001: both families, graceful restart of 120 s, long-lived restart without families.
    static let birdOpen = hex(
        """
        FF*16 0043 01 04 FDE9 0009 0A000001 26 02 24
        01 04 0001 00 01  01 04 0002 00 01  02 00
        40 0A 0078 0001 01 00 0002 01 00  41 04 0000FDE9  46 00  47 00
        """)

    static func birdOpenMessage() throws -> OpenMessage {
        OpenMessage(
            localAS: 65001, holdSeconds: 9, identifier: try #require(BGPIdentifier(bits: 0x0A00_0001)),
            capabilities: [
                .multiprotocol(.ipv4Unicast), .multiprotocol(.ipv6Unicast), .routeRefresh,
                .gracefulRestart(
                    GracefulRestart(
                        isRestarting: false, keepsRoutesOnNotification: false, restartSeconds: 120,
                        families: [
                            .init(family: .ipv4Unicast, isForwardingKept: false),
                            .init(family: .ipv6Unicast, isForwardingKept: false),
                        ])),
                .fourOctetAS(65001), .enhancedRouteRefresh, .longLivedGracefulRestart([]),
            ])
    }

    @Test("an OPEN is written as BIRD writes it, byte by byte")
    func writesOpen() throws {
        #expect(try Self.birdOpenMessage().encoded == Self.birdOpen)
    }

    @Test("an OPEN of BIRD is read")
    func readsOpen() throws {
        #expect(try OpenMessage(decoding: Self.birdOpen[19...]) == Self.birdOpenMessage())
    }

    @Test("an OPEN that ends early is refused at every byte", arguments: 0..<48)
    func truncatedOpen(count: Int) {
        let expected =
            count < 10
            ? NotificationMessage(code: 1, subcode: 2, data: [0, UInt8(19 + count)])
            : NotificationMessage(code: 2, subcode: 0)
        #expect(throws: expected) { try OpenMessage(decoding: Self.birdOpen[19..<19 + count]) }
    }

    @Test("an OPEN with long parameters (RFC 9072) reads like one with short ones")
    func extendedParameters() throws {
        let capabilities = Array(Self.birdOpen[31...])
        let body = Array(Self.birdOpen[19..<28]) + [255, 255, 0, 39, 2, 0, 36] + capabilities
        #expect(try OpenMessage(decoding: body[...]) == Self.birdOpenMessage())
    }

    @Test("several parameters, unknown and repeated capabilities, and those of a wrong form are taken")
    func oddCapabilities() throws {
        let body = hex("04 5BA0 005A 0A000002 15 02 06 41 04 00010000 02 02 C8 00 02 07 41 04 00010000 01 00")
        #expect(throws: NotificationMessage(code: 2, subcode: 0)) { try OpenMessage(decoding: body[...]) }
        let right = hex("04 5BA0 005A 0A000002 17 02 06 41 04 00010000 02 02 C8 00 02 09 41 04 00010000 01 01 07")
        let open = try OpenMessage(decoding: right[...])
        #expect(open.speakerAS == 65536)
        #expect(
            open.capabilities == [
                .fourOctetAS(65536), .other(code: 200, value: []), .fourOctetAS(65536), .other(code: 1, value: [7]),
            ])
        #expect(open.families == [.ipv4Unicast])
    }

    static let everyCapability: [Capability] = [
        .multiprotocol(.ipv6Unicast), .routeRefresh, .extendedNextHop([.ipv4OverIPv6]), .extendedMessage,
        .gracefulRestart(
            GracefulRestart(
                isRestarting: true, keepsRoutesOnNotification: true, restartSeconds: 4095,
                families: [.init(family: .ipv4Unicast, isForwardingKept: true)])),
        .fourOctetAS(4_200_000_001), .enhancedRouteRefresh, .other(code: 73, value: [1, 2, 3]),
    ]

    @Test("every capability survives its way over the wire", arguments: everyCapability)
    func capabilityRoundTrip(capability: Capability) {
        let bytes = capability.encoded
        #expect(Int(bytes[1]) == bytes.count - 2)
        #expect(Capability(code: bytes[0], value: bytes[2...]) == capability)
    }

    @Test("capabilities have the bytes of their RFCs")
    func capabilityBytes() {
        #expect(Capability.extendedNextHop([.ipv4OverIPv6]).encoded == hex("05 06 0001 0001 0002"))
        #expect(Self.everyCapability[4].encoded == hex("40 06 CFFF 0001 01 80"))
        let longLived = Capability(code: 71, value: hex("0001 01 80 015180")[...])
        guard case .longLivedGracefulRestart(let families) = longLived else {
            Issue.record("\(longLived)")
            return
        }
        #expect(families.map(\.staleSeconds) == [86400])
        #expect(families.map(\.isForwardingKept) == [true])
    }

    @Test("KEEPALIVE, ROUTE-REFRESH, End-of-RIB and NOTIFICATION have the bytes of their RFCs")
    func smallMessages() {
        #expect(BGPMessage.keepalive == hex("FF*16 0013 04"))
        #expect(BGPMessage.endOfRIB(.ipv4Unicast) == hex("FF*16 0017 02 0000 0000"))
        #expect(BGPMessage.endOfRIB(.ipv6Unicast) == hex("FF*16 001D 02 0000 0006 80 0F 03 0002 01"))
        #expect(RouteRefreshMessage(.ipv6Unicast, .endOfRefresh).encoded == hex("FF*16 0017 05 0002 02 01"))
        #expect(
            RouteRefreshMessage(decoding: hex("0002 02 01")[...]) == RouteRefreshMessage(.ipv6Unicast, .endOfRefresh))
        #expect(RouteRefreshMessage(decoding: hex("0002 02")[...]) == nil)
        let shutdown = NotificationMessage.cease(
            .administrativeShutdown, communication: ShutdownCommunication("node drain"))
        #expect(shutdown.encoded == hex("FF*16 0020 03 06 02 0A 6E6F646520647261696E"))
        #expect(shutdown.asHardReset.encoded == hex("FF*16 0022 03 06 09 06 02 0A 6E6F646520647261696E"))
    }

    @Test("a shutdown communication is read, whatever is in it, and printed without control characters")
    func communications() {
        func text(_ data: [UInt8]) -> String? {
            NotificationMessage(code: 6, subcode: 2, data: data).communication?.text
        }
        #expect(text([]) == nil)
        #expect(text([0]) == nil)
        #expect(text([3] + Array("abc".utf8)) == "abc")
        #expect(text([200] + Array("abc".utf8)) == "abc")
        #expect(text([2, 0xC3, 0x28]) == "\u{FFFD}(")
        #expect(text([4, 0x1B, 0x5B, 0x41, 0x0A]) == "\u{FFFD}[A\u{FFFD}")
        #expect(text([255] + [UInt8](repeating: 0x61, count: 255))?.count == 255)
        #expect(NotificationMessage(code: 6, subcode: 3, data: [1, 0x61]).communication == nil)
        let hard = NotificationMessage(code: 6, subcode: 9, data: [6, 2, 1, 0x61])
        #expect(hard.communication?.text == "a")
    }

    @Test("our own communication is cut at 128 bytes, between characters")
    func longCommunication() {
        let text = ShutdownCommunication(String(repeating: "é", count: 63) + "abcé").text
        #expect(text.utf8.count == 128)
        #expect(text == String(repeating: "é", count: 63) + "ab")
        #expect(ShutdownCommunication("a\u{202E}b").text == "a\u{FFFD}b")
    }

    @Test("notifications say in words what they mean, unknown ones in numbers")
    func names() {
        #expect(NotificationMessage(code: 4, subcode: 0).description == "hold timer expired (4/0)")
        #expect(
            NotificationMessage(code: 2, subcode: 6, data: [0, 1]).description
                == "OPEN message error: unacceptable hold time (2/6), data 0001")
        #expect(
            NotificationMessage(code: 99, subcode: 7, data: [0xAB]).description == "unknown error 99/7 (99/7), data ab")
        #expect(NotificationMessage(code: 6, subcode: 77).description == "Cease: unknown subcode 77 (6/77)")
        #expect(
            NotificationMessage(code: 6, subcode: 9, data: [6, 2, 2, 0x68, 0x69]).description
                == "Cease: hard reset (6/9): Cease: administrative shutdown (6/2): \"hi\"")
        #expect(NotificationMessage(code: 6, subcode: 5).hint != nil)
        #expect(NotificationMessage(code: 4, subcode: 0).hint == nil)
    }
}
