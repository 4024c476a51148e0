import Testing
import Wire

@Suite("Wire fields")
struct WireTests {
    @Test("what is written is read back, big-endian")
    func roundTrip() throws {
        var writer = WireWriter()
        writer.uint8(0x01)
        writer.uint16(0x0203)
        writer.uint32(0x0405_0607)
        writer.uint64(0x0809_0A0B_0C0D_0E0F)
        writer.append([0x10, 0x11])
        #expect(writer.bytes == Array(0x01...0x11))
        var reader = WireReader(writer.bytes)
        #expect(try reader.uint8() == 0x01)
        #expect(try reader.uint16() == 0x0203)
        #expect(try reader.uint32() == 0x0405_0607)
        #expect(try reader.uint64() == 0x0809_0A0B_0C0D_0E0F)
        #expect(Array(reader.rest()) == [0x10, 0x11])
        #expect(reader.remaining == 0)
    }

    @Test("a field cut at any byte is an error that says where and how much is missing", arguments: 0..<8)
    func truncated(length: Int) {
        var reader = WireReader(Array(repeating: 0, count: length))
        #expect(throws: DecodeError.truncated(offset: 0, missing: 8 - length)) { try reader.uint64() }
    }

    @Test("a reader of a part keeps the position in the whole and cannot leave the part")
    func part() throws {
        var reader = WireReader([1, 2, 3, 4, 5])
        _ = try reader.uint8()
        var inner = try reader.reader(2)
        #expect(try inner.uint16() == 0x0203)
        #expect(throws: DecodeError.truncated(offset: 3, missing: 1)) { try inner.uint8() }
        #expect(try reader.uint16() == 0x0405)
    }

    @Test("a length can be written afterwards, within what was written only")
    func patch() {
        var writer = WireWriter()
        writer.uint32(0)
        writer.patch(uint16: 0xABCD, at: 1)
        writer.patch(uint16: 0xFFFF, at: 3)
        #expect(writer.bytes == [0, 0xAB, 0xCD, 0])
    }
}
