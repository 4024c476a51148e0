import OwnershipSimulation

/// `hack/simulate`: runs random fault histories of the ownership protocol and says which break an invariant.
@main
struct Simulate {
    static func main() async {
        switch Arguments.read(CommandLine.arguments.dropFirst()) {
        case .failure(let text):
            print(text)
            exitWithUsage()
        case .success(let arguments):
            let summary = await run(arguments)
            if arguments.isJSON { print(summary.json) } else { print(summary.text) }
            if !summary.isGood { exitWithFailure() }
        }
    }

    private static func run(_ arguments: Arguments) async -> any Printable {
        switch arguments.mode {
        case .histories: await Histories(arguments).run()
        case .wifiDay(let duration): Simulation.wifi(for: duration, seed: arguments.seeds.lowerBound)
        case .members(let count): Simulation.crowd(of: count, seed: arguments.seeds.lowerBound)
        }
    }
}

/// The outcome of a run, for people and for programs.
protocol Printable: Sendable {
    /// True if nothing was broken.
    var isGood: Bool { get }
    var text: String { get }
    /// One line.
    var json: String { get }
}

extension RestRecord: Printable {}
