import NIOCore
import Testing

@testable import KubernetesClient

@Suite("lines of a watch")
struct WatchLineSplitterTests {
    @Test("come out whole however the network cut them", arguments: [1, 2, 3, 5, 7, 16, 1000])
    func anySplit(size: Int) throws {
        var splitter = WatchLineSplitter(maximum: 100)
        var lines: [String] = []
        for piece in pieces(of: "{\"a\":1}\n{\"b\":2}\n\n\r\n{\"c\":\"\u{e9}\"}\r\n{\"d\"", size: size) {
            splitter.append(piece)
            while let line = try splitter.nextLine() { lines.append(String(buffer: line)) }
        }
        #expect(lines == ["{\"a\":1}", "{\"b\":2}", "{\"c\":\"\u{e9}\"}\r"])
        #expect(splitter.hasUnfinishedLine)
    }

    @Test("are all there when several come at once")
    func severalAtOnce() throws {
        var splitter = WatchLineSplitter(maximum: 10)
        splitter.append(ByteBuffer(string: "a\nb\nc\n"))
        #expect(try splitter.nextLine() == ByteBuffer(string: "a"))
        #expect(try splitter.nextLine() == ByteBuffer(string: "b"))
        #expect(try splitter.nextLine() == ByteBuffer(string: "c"))
        #expect(try splitter.nextLine() == nil)
        #expect(!splitter.hasUnfinishedLine)
    }

    @Test("may be as long as the limit")
    func longestLine() throws {
        var splitter = WatchLineSplitter(maximum: 4)
        splitter.append(ByteBuffer(string: "1234"))
        #expect(try splitter.nextLine() == nil)
        splitter.append(ByteBuffer(string: "\n"))
        #expect(try splitter.nextLine() == ByteBuffer(string: "1234"))
    }

    @Test("longer than the limit are refused, before their end too", arguments: ["12345", "12345\n", "a\n12345"])
    func tooLong(text: String) {
        var splitter = WatchLineSplitter(maximum: 4)
        splitter.append(ByteBuffer(string: text))
        #expect(throws: WatchLineSplitter.LineTooLong(maximum: 4)) {
            while try splitter.nextLine() != nil {}
        }
    }

    @Test("leave nothing behind that grows")
    func boundedMemory() throws {
        var splitter = WatchLineSplitter(maximum: 100)
        splitter.append(ByteBuffer(string: "x"))
        // No piece ends where a line does.
        for _ in 0..<10_000 {
            splitter.append(ByteBuffer(string: "yyyyyyyy\nx"))
            #expect(try splitter.nextLine() != nil)
        }
        #expect(splitter.capacity < 4096)
    }
}
