import Foundation
import Logging
import Testing

@testable import Telemetry

@Suite struct LogLineTests {
    /// 2026-11-24T03:00:00.042Z
    private static let time = Date(timeIntervalSince1970: 1_795_489_200.042)

    private func line(
        _ message: String, _ metadata: Logger.Metadata = [:], as format: LogFormat, level: Logger.Level = .notice
    ) -> String {
        let line = LogLine(
            time: Self.time, level: level, logger: "toono-speaker", message: message, metadata: metadata)
        return String(decoding: line.bytes(as: format), as: UTF8.self)
    }

    @Test("text: time, level, logger, message, then sorted metadata in logfmt's quoting")
    func text() {
        let metadata: Logger.Metadata = [
            "vip": "192.0.2.1", "reason": "no eligible node", "empty": "", "count": .stringConvertible(3),
            "links": ["eth0", "eth1"], "claim": ["epoch": "7", "owner": "a=b"], "odd key": "x",
        ]
        #expect(
            line("address withdrawn", metadata, as: .text)
                == "2026-11-24T03:00:00.042Z notice toono-speaker: address withdrawn claim.epoch=7 claim.owner=\"a=b\" "
                + "count=3 empty=\"\" links=eth0,eth1 odd_key=x reason=\"no eligible node\" vip=192.0.2.1\n")
    }

    @Test("JSON: one object, metadata as members with their types, the four own names kept")
    func json() {
        let metadata: Logger.Metadata = [
            "vip": "192.0.2.1", "count": .stringConvertible(3), "share": .stringConvertible(0.5),
            "infinite": .stringConvertible(Double.infinity), "ok": .stringConvertible(true),
            "links": ["eth0", ["a": "b"]], "claim": ["epoch": .stringConvertible(UInt64.max), "owner": "n1"],
            "level": "high",
        ]
        #expect(
            line("address withdrawn", metadata, as: .json, level: .error)
                == #"{"ts":"2026-11-24T03:00:00.042Z","level":"error","logger":"toono-speaker","#
                + #""msg":"address withdrawn","claim":{"epoch":18446744073709551615,"owner":"n1"},"count":3,"#
                + #""infinite":"inf","metadata.level":"high","links":["eth0",{"a":"b"}],"ok":true,"share":0.5,"#
                + #""vip":"192.0.2.1"}"# + "\n")
    }

    private static let hostile = [
        "", "a\nb", "\r\n", "\"quoted\"", "back\\slash", "tab\t", "nul\u{0}", "esc\u{1B}[2J", "del\u{7F}c1\u{9B}",
        "ünïcödé 🛖", "\u{2028}", "e\u{301}", "a=b c=\"d\"", "{\"json\":1}",
    ]

    @Test("whatever a message or a value holds, JSON reads it back unchanged from one line", arguments: hostile)
    func jsonRoundTrip(value: String) throws {
        let line = line(value, ["key": .string(value), value: "x"], as: .json)
        #expect(line.dropLast().utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["msg"] as? String == value)
        #expect(object["key"] as? String == value)
        #expect(object[value] as? String == "x")
    }

    @Test("whatever a message or a value holds, text is one line without control characters", arguments: hostile)
    func textIsOneLine(value: String) {
        let line = line(value, ["key": .string(value), value: "x"], as: .text)
        #expect(line.hasSuffix("\n"))
        #expect(!line.dropLast().unicodeScalars.contains(where: LogLine.isControl))
    }

    @Test("the statement's metadata wins over the provider's, and that over the logger's; an error is a member")
    func precedence() {
        struct Failure: Error, CustomStringConvertible { var description: String { "link down" } }
        var handler = LineLogHandler(
            label: "x", level: .trace, format: .text,
            metadataProvider: Logger.MetadataProvider { ["b": "provider", "c": "provider"] }, now: { Self.time })
        handler[metadataKey: "a"] = "logger"
        handler[metadataKey: "b"] = "logger"
        handler[metadataKey: "c"] = "logger"
        let event = LogEvent(
            level: .info, message: "m", error: Failure(), metadata: ["c": "statement"], source: nil, file: "f",
            function: "g", line: 1)
        #expect(
            handler.line(for: event).metadata == [
                "a": "logger", "b": "provider", "c": "statement", "error": "link down",
            ])
    }

    @Test("a logger on this handler keeps to its level")
    func levels() throws {
        let pipe = Pipe()
        let logger = Logger(label: "toono-speaker") { label in
            LineLogHandler(
                label: label, level: LogLevel.notice.level, format: .text,
                sink: LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor), now: { Self.time })
        }
        logger.info("quiet")
        logger.notice("loud", metadata: ["vip": "192.0.2.1"])
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text == "2026-11-24T03:00:00.042Z notice toono-speaker: loud vip=192.0.2.1\n")
    }

    @Test(
        "--log-level takes swift-log's words and MetalLB's",
        arguments: [
            ("trace", LogLevel.trace), ("all", .trace), ("debug", .debug), ("INFO", .info), ("notice", .notice),
            ("warn", .warning), ("warning", .warning), ("error", .error), ("none", .critical), ("loud", nil), ("", nil),
        ] as [(String, LogLevel?)])
    func level(word: String, level: LogLevel?) {
        #expect(LogLevel(argument: word) == level)
    }

    @Test("--log-format takes text and json", arguments: [("text", LogFormat.text), ("json", .json), ("xml", nil)])
    func format(word: String, format: LogFormat?) {
        #expect(LogFormat(argument: word) == format)
    }
}
