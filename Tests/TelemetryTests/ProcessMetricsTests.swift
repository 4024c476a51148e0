import Testing

@testable import Telemetry

@Suite struct ProcessMetricsTests {
    @Test("/proc/self/stat is read past a program name with spaces and parentheses (proc(5))")
    func stat() throws {
        let line =
            "42 (a ) b (c) S 1 42 42 0 -1 4194560 5 6 7 8 150 50 0 0 20 0 6 0 9000 123456789 777 18446744073709551615 1"
        let sample = try #require(ProcessSample(stat: line))
        #expect(sample.processorTicks == 200)
        #expect(sample.startTicks == 9000)
        #expect(sample.virtualBytes == 123_456_789)
        #expect(sample.residentPages == 777)
    }

    @Test("a line that is cut is none", arguments: ["", "42 (a", "42 (a) S 1 2 3", "42 (a) S x"])
    func cut(line: String) {
        #expect(ProcessSample(stat: line) == nil)
    }

    @Test("the process shows its memory, descriptors, processor and start time")
    func exposed() throws {
        let registry = Registry()
        try registry.registerProcessMetrics()
        let text = String(decoding: registry.expose(as: .prometheusText), as: UTF8.self)
        let values = Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
                let words = line.split(separator: " ")
                return (String(words[0]), Double(words[1]) ?? .nan)
            })
        #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(values["process_virtual_memory_bytes"]) > 1_000_000)
        #expect(try #require(values["process_open_fds"]) >= 3)
        #expect(try #require(values["process_start_time_seconds"]) > 1_600_000_000)
        #expect(values["process_cpu_seconds_total"] != nil)
        #expect(values["toono_log_lines_dropped_total"] == 0)
    }
}
