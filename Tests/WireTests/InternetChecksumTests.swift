import Testing
import Wire

@Suite("The Internet checksum")
struct InternetChecksumTests {
    @Test("the example of RFC 1071 section 3")
    func example() {
        let bytes: [UInt8] = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]
        #expect(InternetChecksum(of: bytes[...]).value == ~0xDDF2)
    }

    @Test("an odd last byte counts as padded by a zero, wherever the run stands in its array")
    func odd() {
        let bytes: [UInt8] = [0xFF, 0x12, 0x34, 0x56]
        #expect(InternetChecksum(of: bytes[1...]).value == ~UInt16(0x1234 + 0x5600))
    }

    @Test("carries of carries are added; over data with its own checksum the value is 0")
    func carries() {
        var bytes = [UInt8](repeating: 0xFF, count: 65_534) + [0, 0]
        var parts = InternetChecksum(of: bytes[..<1000])
        parts.add(bytes[1000...])
        let checksum = InternetChecksum(of: bytes[...]).value
        #expect(parts.value == checksum)
        bytes[65_534] = UInt8(checksum >> 8)
        bytes[65_535] = UInt8(checksum & 0xFF)
        #expect(InternetChecksum(of: bytes[...]).value == 0)
    }

    @Test("a word counts as its two bytes; nothing at all has the checksum of zeros")
    func words() {
        var checksum = InternetChecksum()
        #expect(checksum.value == 0xFFFF)
        checksum.add(0x1234)
        #expect(checksum.value == ~0x1234)
    }
}
