import BFD
import Testing

@Suite("BFD control packets")
struct MessageTests {
    /// Up, 50 ms, three times: as BIRD and FRR send it.
    static let golden: [UInt8] = [
        0x20, 0xC0, 0x03, 0x18, 0x01, 0x02, 0x03, 0x04, 0xA0, 0xB0, 0xC0, 0xD0, 0x00, 0x00, 0xC3, 0x50, 0x00, 0x00,
        0xC3, 0x50, 0x00, 0x00, 0x00, 0x00,
    ]
    static let message = BFDMessage(
        state: .up, myDiscriminator: 0x0102_0304, yourDiscriminator: 0xA0B0_C0D0, desiredMinTransmit: 50_000,
        requiredMinReceive: 50_000)

    @Test("a packet is written and read as RFC 5880 4.1 draws it")
    func golden() throws {
        #expect(Self.message.encoded == Self.golden)
        #expect(try BFDMessage(decoding: Self.golden) == Self.message)
    }

    @Test(
        "state, diagnostic and flags stand in their own bits",
        arguments: [
            (BFDState.adminDown, BFDDiagnostic.administrativelyDown, BFDMessage.Flags.poll, 0x27, 0x20),
            (.down, .detectionTimeExpired, .final, 0x21, 0x50), (.initializing, .none, .demand, 0x20, 0x82),
            (.up, BFDDiagnostic(rawValue: 31), .controlPlaneIndependent, 0x3F, 0xC8),
        ] as [(BFDState, BFDDiagnostic, BFDMessage.Flags, UInt8, UInt8)])
    func bits(state: BFDState, diagnostic: BFDDiagnostic, flags: BFDMessage.Flags, first: UInt8, second: UInt8) throws {
        var message = Self.message
        (message.state, message.diagnostic, message.flags) = (state, diagnostic, flags)
        #expect(Array(message.encoded.prefix(2)) == [first, second])
        #expect(try BFDMessage(decoding: message.encoded) == message)
    }

    static let rows: [(change: [Int: UInt8], error: BFDError)] = [
        ([0: 0x00], .version(0)), ([0: 0x40], .version(2)), ([3: 23], .length(23)), ([3: 25], .length(25)),
        ([2: 0], .multiplier), ([1: 0xC1], .multipoint), ([4: 0, 5: 0, 6: 0, 7: 0], .myDiscriminator),
        ([1: 0xC4], .authentication), ([3: 0], .length(0)),
        // the first thing that is wrong counts, in the order of RFC 5880 6.8.6
        ([0: 0, 3: 0, 2: 0], .version(0)), ([3: 0, 2: 0], .length(0)), ([2: 0, 1: 0xC1], .multiplier),
        ([1: 0xC5], .multipoint),
    ]

    @Test("what RFC 5880 6.8.6 forbids is refused with its reason", arguments: MessageTests.rows.indices)
    func hostile(row: Int) {
        var bytes = Self.golden
        for (index, byte) in Self.rows[row].change { bytes[index] = byte }
        #expect(throws: Self.rows[row].error) { try BFDMessage(decoding: bytes) }
    }

    @Test("a packet cut at any byte is refused, one with bytes after its end is not")
    func truncated() throws {
        for count in Self.golden.indices {
            #expect(throws: BFDError.length(count)) { try BFDMessage(decoding: Array(Self.golden[..<count])) }
        }
        #expect(try BFDMessage(decoding: Self.golden + [1, 2, 3]) == Self.message)
        // 26 bytes with the length of an authentication section that is not there
        var long = Self.golden + [0, 0]
        long[3] = 26
        #expect(try BFDMessage(decoding: long) == Self.message)
    }

    @Test("random bytes are refused or read back the same")
    func fuzz() throws {
        var random = SeededGenerator(seed: 7)
        var accepted = 0
        for _ in 0..<50_000 {
            var bytes = (0..<Int.random(in: 20...28, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            (bytes[0], bytes[3]) = (0x20 | bytes[0] & 0x1F, 24)
            guard let message = try? BFDMessage(decoding: bytes) else { continue }
            accepted += 1
            #expect(try BFDMessage(decoding: message.encoded) == message)
        }
        #expect(accepted > 1000)
    }

    @Test("an echo packet is read back, and nothing else is one")
    func echo() throws {
        let echo = BFDEcho(discriminator: 1, sequence: 2, nonce: 0x0102_0304_0506_0708)
        #expect(
            echo.encoded == [0x54, 0x4F, 0x4F, 0x45, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try BFDEcho(decoding: echo.encoded) == echo)
        for count in echo.encoded.indices {
            #expect(throws: BFDError.echo) { try BFDEcho(decoding: Array(echo.encoded[..<count])) }
        }
        #expect(throws: BFDError.echo) { try BFDEcho(decoding: echo.encoded + [0]) }
        #expect(throws: BFDError.echo) { try BFDEcho(decoding: Self.golden) }
    }
}
