import OwnershipSimulation

/// What all histories together showed.
struct Summary: Printable {
    private(set) var histories = 0
    private(set) var failed: [UInt64] = []
    private var convergences: [Duration] = []
    private var lateOverlaps: [Duration] = []
    private var highestEpoch: UInt32 = 0
    private var claims = 0
    private var forged = 0
    private var outages: [Duration] = []

    mutating func add(_ record: HistoryRecord, seed: UInt64) {
        histories += 1
        if !record.violations.isEmpty { failed.append(seed) }
        if let convergence = record.convergence { convergences.append(convergence) }
        lateOverlaps.append(record.vips.values.map(\.longestLateOverlap).max() ?? .zero)
        highestEpoch = max(highestEpoch, record.vips.values.map(\.epoch).max() ?? 0)
        claims += record.claims
        forged += record.forged
        if seed.isMultiple(of: 4) { outages.append(record.vips.values.map(\.longestOutage).max() ?? .zero) }
    }

    var isGood: Bool { failed.isEmpty }

    private func percentile(_ values: [Duration], _ share: Double) -> Int64 {
        let sorted = values.sorted()
        guard let last = sorted.last else { return 0 }
        let index = Int(Double(sorted.count) * share)
        let value = index < sorted.count ? sorted[index] : last
        return value.components.seconds * 1000 + value.components.attoseconds / 1_000_000_000_000_000
    }

    var text: String {
        """
        \(histories) histories, \(failed.count) broke an invariant\(failed.isEmpty ? "" : ": seeds \(failed.sorted())")
        settled after the last fault: 99 % \(percentile(convergences, 0.99)) ms, worst \(percentile(convergences, 1)) ms
        two kernels after the last fault: 99 % \(percentile(lateOverlaps, 0.99)) ms, worst \(percentile(lateOverlaps, 1)) ms
        without an answer in histories of one fault: 99 % \(percentile(outages, 0.99)) ms, worst \(percentile(outages, 1)) ms
        highest epoch \(highestEpoch), \(forged) forged datagrams
        """
    }

    var json: String {
        let fields = [
            "\"histories\": \(histories)", "\"violations\": \(failed.count)",
            "\"failedSeeds\": [\(failed.sorted().map(String.init).joined(separator: ", "))]",
            "\"settled99Ms\": \(percentile(convergences, 0.99))", "\"settledWorstMs\": \(percentile(convergences, 1))",
            "\"overlap99Ms\": \(percentile(lateOverlaps, 0.99))", "\"overlapWorstMs\": \(percentile(lateOverlaps, 1))",
            "\"outage99Ms\": \(percentile(outages, 0.99))", "\"outageWorstMs\": \(percentile(outages, 1))",
            "\"forged\": \(forged)",
            "\"highestEpoch\": \(highestEpoch)", "\"claims\": \(claims)", "\"ok\": \(failed.isEmpty)",
        ]
        return "{\"simulate\": {\(fields.joined(separator: ", "))}}"
    }
}
