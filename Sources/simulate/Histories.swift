import OwnershipSimulation

/// Histories of many seeds, as many at once as there are processors.
struct Histories {
    private let arguments: Arguments
    /// Traces of more failing histories than this are left to be asked for.
    private static let traceLimit = 3

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run() async -> Summary {
        var summary = Summary()
        await withTaskGroup(of: [(seed: UInt64, record: HistoryRecord)].self) { group in
            let (first, last) = (arguments.seeds.lowerBound, arguments.seeds.upperBound)
            let workers = min(UInt64(processorCount()), last - first + 1)
            for worker in 0..<workers {
                group.addTask { stride(from: first + worker, through: last, by: Int(workers)).map(history) }
            }
            for await records in group { for (seed, record) in records { summary.add(record, seed: seed) } }
        }
        for seed in summary.failed.sorted().prefix(Self.traceLimit) { describe(seed) }
        if arguments.isTracing && summary.isGood { describe(arguments.seeds.lowerBound) }
        return summary
    }

    @Sendable
    private func history(_ seed: UInt64) -> (seed: UInt64, record: HistoryRecord) {
        var simulation = Simulation(.history(seed: seed))
        simulation.runToEnd()
        return (seed, simulation.record)
    }

    /// Runs a history again and prints what happened in it.
    private func describe(_ seed: UInt64) {
        var simulation = Simulation(.history(seed: seed), isTracing: true)
        simulation.runToEnd()
        print(simulation.report)
    }
}
