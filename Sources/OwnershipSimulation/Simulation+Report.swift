import Ownership

extension Simulation {
    /// The whole history as text: what it began with, each step if it was traced, what was broken, and how to see it
    /// again.
    package var report: String {
        var lines = [
            "seed \(scenario.seed): \(scenario.nodes) nodes, loss \(scenario.link.loss), "
                + "delay to \(scenario.link.delay.upperBound)"
        ]
        lines += scenario.faults.map { "  \($0.at) \($0.fault) \(scenario.name($0.node)) for \($0.length)" }
        lines += trace
        lines += record.violations.map { "  broken at \($0)" }
        lines.append("  again: hack/simulate --seed \(scenario.seed) --trace")
        return lines.joined(separator: "\n")
    }
}
