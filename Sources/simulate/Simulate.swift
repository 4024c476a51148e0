import OwnershipSimulation

/// `hack/simulate`: runs random fault histories of the ownership protocol and says which break an invariant.
@main
struct Simulate {
    static func main() {
        switch Arguments.read(CommandLine.arguments.dropFirst()) {
        case .failure(let text):
            print(text)
            exitWithUsage()
        case .success(let arguments):
            let summary = run(arguments)
            if arguments.isJSON { print(summary.json) } else { print(summary.text) }
            if !summary.failed.isEmpty { exitWithFailure() }
        }
    }

    /// Runs the histories and prints what a failing one did.
    private static func run(_ arguments: Arguments) -> Summary {
        var summary = Summary()
        for seed in arguments.seeds {
            let scenario = Scenario.history(seed: seed)
            var simulation = Simulation(scenario, isTracing: arguments.isTracing)
            simulation.runToEnd()
            summary.add(simulation.record, seed: seed)
            if arguments.isTracing { for line in simulation.trace { print(line) } }
            guard !simulation.record.violations.isEmpty else { continue }
            print(
                "seed \(seed): \(scenario.nodes) nodes, loss \(scenario.link.loss), delay to \(scenario.link.delay.upperBound)"
            )
            for fault in scenario.faults {
                print("  \(fault.at) \(fault.fault) node-\(fault.node + 1) for \(fault.length)")
            }
            for violation in simulation.record.violations { print("  \(violation)") }
            print("  again: hack/simulate --seed \(seed) --trace")
        }
        return summary
    }
}
