import Foundation
import Metrics
import Testing

@testable import Telemetry

/// Prometheus' own reader as a second opinion.
@Suite struct PromtoolTests {
    private static let promtool = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/promtool" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(
        "promtool check metrics reads the text format",
        .enabled(if: promtool != nil, "promtool (Debian package prometheus) is not installed"))
    func check() throws {
        let registry = Registry()
        try registry.registerProcessMetrics()
        try registry.register([
            .counter("toono_sent_total", help: "Sent \"frames\"\nand a \\ more."),
            .histogram("toono_failover_seconds", help: "Time without an owner."),
            .gauge("toono_owned", help: "Owned addresses."),
        ])
        let factory = PrometheusMetricsFactory(registry)
        Counter(label: "toono_sent_total", dimensions: [("why", "a \"b\"\\\nc"), ("ö", "ü")], factory: factory)
            .increment()
        Timer(label: "toono_failover_seconds", dimensions: [("link", "eth0")], factory: factory).recordMilliseconds(31)
        for value in [Double.nan, .infinity, -.infinity, 1e-300, -0.0] {
            Gauge(label: "toono_owned", dimensions: [("value", "\(value)")], factory: factory).record(value)
        }
        let (status, output) = try run(["check", "metrics"], input: registry.expose(as: .prometheusText))
        #expect(status == 0, "\(output)")
        #expect(output == "")
    }

    private func run(_ arguments: [String], input: [UInt8]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.promtool))
        process.arguments = arguments
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
