import FoundationEssentials
import Glibc
import Metrics
import Synchronization

/// The metrics that every Prometheus client gives about its process, under the names that dashboards expect, and how
/// many log lines were lost. Read from /proc with each exposition.
final class ProcessCollector: Sendable {
    static let definitions: [MetricDefinition] = [
        .counter("process_cpu_seconds_total", help: "User and system CPU time spent in seconds."),
        .gauge("process_start_time_seconds", help: "Start time of the process since the Unix epoch in seconds."),
        .gauge("process_resident_memory_bytes", help: "Resident memory size in bytes."),
        .gauge("process_virtual_memory_bytes", help: "Virtual memory size in bytes."),
        .gauge("process_open_fds", help: "Number of open file descriptors."),
        .counter("toono_log_lines_dropped_total", help: "Log lines lost because nobody read standard error."),
    ]

    private let processorSeconds: FloatingPointCounter
    private let startTime: Gauge
    private let residentMemory: Gauge
    private let virtualMemory: Gauge
    private let openDescriptors: Gauge
    private let droppedLogLines: Counter

    private let sink: LogSink
    private let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
    private let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
    private let bootTime = ProcessCollector.readBootTime()
    /// What the counters have been given; they only take what came since.
    private let counted = Mutex((ticks: UInt64(0), lines: 0))

    init(factory: any MetricsFactory, sink: LogSink) {
        processorSeconds = FloatingPointCounter(label: "process_cpu_seconds_total", factory: factory)
        startTime = Gauge(label: "process_start_time_seconds", factory: factory)
        residentMemory = Gauge(label: "process_resident_memory_bytes", factory: factory)
        virtualMemory = Gauge(label: "process_virtual_memory_bytes", factory: factory)
        openDescriptors = Gauge(label: "process_open_fds", factory: factory)
        droppedLogLines = Counter(label: "toono_log_lines_dropped_total", factory: factory)
        self.sink = sink
    }

    func collect() {
        let sample = Self.text(of: "/proc/self/stat").flatMap(ProcessSample.init(stat:))
        if let sample {
            startTime.record((bootTime ?? 0) + Double(sample.startTicks) / ticksPerSecond)
            residentMemory.record(Double(sample.residentPages) * pageSize)
            virtualMemory.record(Double(sample.virtualBytes))
        }
        if let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            openDescriptors.record(names.count)
        }
        let lines = sink.droppedLines
        let (newTicks, newLines) = counted.withLock { counted in
            let old = counted
            counted.ticks = max(old.ticks, sample?.processorTicks ?? 0)
            counted.lines = max(old.lines, lines)
            return (counted.ticks - old.ticks, counted.lines - old.lines)
        }
        processorSeconds.increment(by: Double(newTicks) / ticksPerSecond)
        droppedLogLines.increment(by: newLines)
    }

    /// Seconds since the Unix epoch (proc(5), `btime` in /proc/stat).
    private static func readBootTime() -> Double? {
        text(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private static func text(of path: String) -> String? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Registry {
    /// Adds the metrics of the process itself: processor time, memory, descriptors, lost log lines.
    package func registerProcessMetrics(sink: LogSink = .standardError) throws(MetricDefinitionError) {
        try register(ProcessCollector.definitions)
        let collector = ProcessCollector(factory: PrometheusMetricsFactory(self), sink: sink)
        collect { collector.collect() }
    }
}
