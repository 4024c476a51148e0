import Foundation
import Testing

@testable import Telemetry

@Suite struct LogSinkTests {
    private static func line(_ text: String) -> [UInt8] { Array("\(text)\n".utf8) }

    @Test("lines of many tasks come whole")
    func whole() async throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor, patience: .seconds(10))
        let text = try await withThrowingTaskGroup(of: Data?.self) { group in
            group.addTask { try pipe.fileHandleForReading.readToEnd() }
            await withTaskGroup(of: Void.self) { writers in
                for writer in 0..<4 {
                    writers.addTask {
                        let word = String(repeating: "\(writer)", count: 700 * (writer + 1))
                        for _ in 0..<200 { sink.write(Self.line(word)) }
                    }
                }
            }
            try pipe.fileHandleForWriting.close()
            return String(decoding: try #require(try await group.next() ?? nil), as: UTF8.self)
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count == 800)
        #expect(lines.allSatisfy { Set($0).count == 1 && $0.count % 700 == 0 })
        #expect(sink.droppedLines == 0)
    }

    @Test("a reader that has stopped costs lines, not time, and gets whole lines when it is back")
    func stalled() throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor, patience: .milliseconds(1))
        let word = String(repeating: "x", count: 9999)
        // A pipe holds 64 KiB (pipe(7)); the rest of a thousand lines has no place.
        for _ in 0..<1000 { sink.write(Self.line(word)) }
        #expect(sink.droppedLines > 900)
        let first = pipe.fileHandleForReading.availableData
        sink.write(Self.line("back"))
        try pipe.fileHandleForWriting.close()
        let rest = try pipe.fileHandleForReading.readToEnd() ?? Data()
        let lines = String(decoding: first + rest, as: UTF8.self).split(separator: "\n")
        #expect(lines.last == "back")
        #expect(lines.dropLast(2).allSatisfy { $0 == word })
    }

    @Test("a descriptor that is closed costs the line")
    func closed() throws {
        let sink = LogSink(descriptor: -1, patience: .zero)
        sink.write(Self.line("lost"))
        #expect(sink.droppedLines == 1)
    }

    @Test("an error that ends the process is one line with the program's name, and its exit code")
    func report() throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let error = CommandError(.configuration, "--hello-key-file /etc/key:\nno such file")
        #expect(error.report(as: "toono-speaker", to: sink) == 78)
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text == "toono-speaker: error: --hello-key-file /etc/key:\\nno such file\n")
    }

    @Test("an error that nobody foresaw is a mistake of the program (EX_SOFTWARE)")
    func unforeseen() {
        #expect(CommandError(CancellationError()).exitCode == .software)
        #expect(CommandError(CommandError(.usage, "x") as any Error) == CommandError(.usage, "x"))
    }
}
