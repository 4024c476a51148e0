import BGP
import Testing

@Suite("Messages cut from a stream")
struct FramerTests {
    static let stream = MessageTests.birdOpen + BGPMessage.keepalive + BGPMessage.endOfRIB(.ipv6Unicast)

    static func frames(_ segments: [[UInt8]]) throws -> [MessageFrame] {
        var framer = MessageFramer()
        var frames: [MessageFrame] = []
        for segment in segments {
            framer.append(segment)
            while let frame = try framer.next() {
                frames.append(MessageFrame(type: frame.type, body: Array(frame.body)[...]))
            }
        }
        #expect(framer.pendingCount == 0)
        return frames
    }

    @Test("any segmentation gives the same messages", arguments: 1...stream.count)
    func segmentation(size: Int) throws {
        let segments = stride(from: 0, to: Self.stream.count, by: size).map {
            Array(Self.stream[$0..<min($0 + size, Self.stream.count)])
        }
        let frames = try Self.frames(segments)
        #expect(frames.map(\.type) == [.open, .keepalive, .update])
        #expect(
            frames.map { Array($0.body) } == [
                Array(MessageTests.birdOpen[19...]), [], hex("0000 0006 80 0F 03 0002 01"),
            ])
    }

    @Test("what is not whole yet is waited for, at every byte", arguments: 0..<67)
    func truncation(count: Int) throws {
        var framer = MessageFramer()
        framer.append(MessageTests.birdOpen[..<count])
        #expect(try framer.next() == nil)
        #expect(framer.pendingCount == count)
    }

    static let badHeaders: [(header: String, answer: NotificationMessage)] = [
        ("FEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0013 04", .init(code: 1, subcode: 1)),
        ("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F 0013 04", .init(code: 1, subcode: 1)),
        ("FF*16 0012 04", .init(code: 1, subcode: 2, data: [0x00, 0x12])),
        ("FF*16 0000 04", .init(code: 1, subcode: 2, data: [0x00, 0x00])),
        ("FF*16 1001 02", .init(code: 1, subcode: 2, data: [0x10, 0x01])),
        ("FF*16 FFFF 02", .init(code: 1, subcode: 2, data: [0xFF, 0xFF])),
        ("FF*16 001C 01", .init(code: 1, subcode: 2, data: [0x00, 0x1C])),
        ("FF*16 0016 02", .init(code: 1, subcode: 2, data: [0x00, 0x16])),
        ("FF*16 0014 03", .init(code: 1, subcode: 2, data: [0x00, 0x14])),
        ("FF*16 0014 04", .init(code: 1, subcode: 2, data: [0x00, 0x14])),
        ("FF*16 0016 05", .init(code: 1, subcode: 2, data: [0x00, 0x16])),
        ("FF*16 0013 00", .init(code: 1, subcode: 3, data: [0x00])),
        ("FF*16 0013 4D", .init(code: 1, subcode: 3, data: [0x4D])),
    ]

    @Test("a bad header is answered before its body has come", arguments: badHeaders.indices)
    func badHeader(index: Int) {
        let (header, answer) = Self.badHeaders[index]
        var framer = MessageFramer()
        framer.append(hex(header))
        #expect(throws: answer) { try framer.next() }
    }
}
