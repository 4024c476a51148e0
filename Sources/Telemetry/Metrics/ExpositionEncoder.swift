/// Writes families as text. The two formats differ in the name of a counter's family, the spelling of bucket bounds,
/// the escaping of help and the last line.
struct ExpositionEncoder {
    let format: ExpositionFormat
    private var bytes: [UInt8] = []

    init(format: ExpositionFormat) {
        self.format = format
    }

    /// Appends one family; a family without series has no lines.
    mutating func encode(_ family: MetricFamily) {
        guard !family.series.isEmpty else { return }
        writeHead(family.definition)
        for (labels, series) in family.series.sorted(by: { $0.key.text < $1.key.text }) {
            switch series {
            case let counter as CounterSeries: writeSample(family.definition.name, labels, counter.value)
            case let gauge as GaugeSeries: writeSample(family.definition.name, labels, gauge.value)
            case let histogram as HistogramSeries: writeHistogram(family.definition.name, labels, histogram)
            default: continue
            }
        }
    }

    /// The whole text.
    mutating func finish() -> [UInt8] {
        if format == .openMetrics { write("# EOF\n") }
        return bytes
    }

    private mutating func writeHead(_ definition: MetricDefinition) {
        var name = definition.name
        var kind = definition.kind.rawValue
        if format == .openMetrics, definition.kind == .counter {
            // OpenMetrics' counter x has the sample x_total. MetalLB has counters without that ending; they keep their
            // name, which makes their type "unknown".
            if name.hasSuffix("_total") { name = String(name.dropLast("_total".count)) } else { kind = "unknown" }
        }
        if !definition.help.isEmpty {
            write("# HELP \(name) ")
            writeHelp(definition.help)
            write("\n")
        }
        write("# TYPE \(name) \(kind)\n")
    }

    private mutating func writeHelp(_ help: String) {
        for byte in help.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): write("\\\\")
            case UInt8(ascii: "\n"): write("\\n")
            case UInt8(ascii: "\"") where format == .openMetrics: write("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    private mutating func writeSample(_ name: String, _ labels: MetricLabels, _ value: MetricValue) {
        write(name)
        if !labels.text.isEmpty {
            write("{")
            write(labels.text)
            write("}")
        }
        write(" ")
        write(Self.text(of: value))
        write("\n")
    }

    private mutating func writeHistogram(_ name: String, _ labels: MetricLabels, _ histogram: HistogramSeries) {
        let snapshot = histogram.snapshot
        var total: UInt64 = 0
        for (bound, count) in zip(histogram.buckets + [.infinity], snapshot.counts) {
            total += count
            write(name)
            write("_bucket{")
            write(labels.text)
            write(labels.text.isEmpty ? "le=\"" : ",le=\"")
            // OpenMetrics wants bounds as canonical floating point numbers: 1.0, not 1.
            write(format == .openMetrics ? Self.canonicalText(of: bound) : Self.text(of: .double(bound)))
            write("\"} \(total)\n")
        }
        writeSample(name + "_sum", labels, .double(snapshot.sum))
        writeSample(name + "_count", labels, .integer(Int64(clamping: total)))
    }

    private mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// A value as both formats read it: shortest form that is read back as the same number.
    static func text(of value: MetricValue) -> String {
        switch value {
        case .integer(let value): return "\(value)"
        case .double(let value):
            let text = canonicalText(of: value)
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
    }

    private static func canonicalText(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return "\(value)"
    }
}
