import BGP

/// What real peers send, to be damaged.
enum Corpus {
    private static let marker = String(repeating: "FF", count: 16)

    private static func hex(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func message(_ type: UInt8, _ body: String) -> [UInt8] {
        var bytes = hex(marker) + [0, 0, type] + hex(body)
        Mutation.mendLength(of: &bytes)
        return bytes
    }

    /// OPENs of BIRD with both families and graceful restart, of a speaker without capabilities, and one with all that
    /// there is.
    static let opens: [[UInt8]] = [
        message(
            1,
            """
            04 FDE8 0009 0A000002 26 02 24 01 04 0001 00 01 01 04 0002 00 01 02 00
            40 0A 0078 0001 01 00 0002 01 00 41 04 0000FDE8 46 00 47 00
            """),
        message(1, "04 FDE8 005A 0A000002 00"),
        message(
            1,
            """
            04 5BA0 005A 0A000002 48 02 46 01 04 0001 00 01 01 04 0002 00 01 02 00 46 00 06 00
            05 06 0001 0001 0002 40 06 C078 0001 01 80 41 04 0000FDE8 45 04 0001 01 03 09 01 03
            47 07 0001 01 80 000E10 49 0A 05 6564676531 03 6C6162
            """),
        message(1, "04 FDE8 005A 0A000002 FF FF 0009 02 0006 41 04 0000FDE8"),
    ]

    /// UPDATEs of both families with every attribute, withdrawals and End-of-RIB.
    static let updates: [[UInt8]] = [
        message(
            2,
            """
            0000 002A 40 01 01 00 40 02 06 02 01 0000FDE8 40 03 04 0A000002 C0 08 04 FDE80064
            C0 20 0C 0000FDE8 00000001 00000002 20 C0000201
            """),
        message(
            2,
            """
            0000 0047 90 0E 0036 0002 01 20 20010DB8000000000000000000000002 FE800000000000000000000000000002 00
            80 20010DB8000000000000000000000001 40 01 01 00 40 02 06 02 01 0000FDE8
            """),
        message(2, "000A 20 C0000201 20 C0000202 0000"),
        message(2, "0000 0000"),
        message(2, "0000 0006 80 0F 03 0002 01"),
        message(2, "0000 0017 80 0F 14 0002 01 80 20010DB8000000000000000000000001"),
        message(
            2,
            """
            0000 005D 40 01 01 02 40 02 0A 01 02 0000FDE8 0000FDE9 40 03 04 0A000002 80 04 04 00000001
            40 05 04 00000064 40 06 00 C0 07 08 0000FDE8 0A000002 80 09 04 0A000002 80 0A 04 0A000003
            C0 10 08 0002FDE800000064 C0 11 06 02 01 0000FDE8 C0 23 04 0000FDE8 18 C63364
            """),
    ]

    static let notifications: [[UInt8]] = [
        message(3, "06 02 05 6472 61 696E"), message(3, "06 09 06 02 04 6E6F6465"),
        message(3, "02 07 01 04 0001 00 01"),
        message(3, "04 00"), message(3, "06 04 FF C3 28"),
    ]

    static let refreshes: [[UInt8]] = [
        message(5, "0001 00 01"), message(5, "0002 01 01"), message(5, "0063 07 01"),
    ]

    static let all = opens + updates + notifications + refreshes + [BGPMessage.keepalive, BGPMessage.keepalive]

    /// BFD control packets in each state, with a poll, and one with authentication.
    static let bfd: [[UInt8]] = [
        hex("20 40 03 18 00000007 00000000 000F4240 000F4240 00000000"),
        hex("20 80 03 18 00000007 00000009 000F4240 000F4240 00000000"),
        hex("20 C0 03 18 00000007 00000009 0000C350 0000C350 00000000"),
        hex("20 E0 03 18 00000007 00000009 0000C350 0000C350 0000C350"),
        hex("27 00 FF 18 00000007 00000009 FFFFFFFF FFFFFFFF FFFFFFFF"),
        hex("20 C4 03 1A 00000007 00000009 0000C350 0000C350 00000000 01 02"),
    ]
}
