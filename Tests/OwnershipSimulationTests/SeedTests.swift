import OwnershipSimulation
import Testing

@Suite("Random fault histories")
struct SeedTests {
    /// 504 histories in parts that run side by side.
    @Test("no invariant breaks in any history", arguments: 0..<12)
    func seeds(part: Int) {
        for seed in UInt64(part * 42 + 1)...UInt64(part * 42 + 42) {
            var simulation = Simulation(.history(seed: seed))
            simulation.runToEnd(after: .seconds(9))
            guard !simulation.record.violations.isEmpty else { continue }
            var traced = Simulation(.history(seed: seed), isTracing: true)
            traced.runToEnd(after: .seconds(9))
            Issue.record("\(traced.report)")
        }
    }

    @Test("histories that broke an invariant once", arguments: [3097, 5448, 8518, 8703, 8718] as [UInt64])
    func regressions(seed: UInt64) {
        var simulation = Simulation(.history(seed: seed), isTracing: true)
        simulation.runToEnd()
        #expect(simulation.record.violations.isEmpty, "\(simulation.report)")
    }

    @Test("the same seed gives the same history, traced or not")
    func repeats() {
        var first = Simulation(.history(seed: 7))
        var second = Simulation(.history(seed: 7), isTracing: true)
        first.runToEnd()
        second.runToEnd()
        #expect(first.record.sent == second.record.sent)
        #expect(first.record.claims == second.record.claims)
        #expect(first.record.convergence == second.record.convergence)
        #expect(first.trace.isEmpty && !second.trace.isEmpty)
    }

    @Test("a history's report says what went wrong where, and how to see it again")
    func report() {
        var simulation = Simulation(.history(seed: 4), isTracing: true)
        simulation.runToEnd()
        #expect(simulation.report.contains("hack/simulate --seed 4 --trace"))
        #expect(simulation.report.contains("fault"))
    }
}
