import ArgumentParser
import Foundation
import Inspection
import YAMLOutput

extension OutputFormat: ExpressibleByArgument {}

/// How reports are printed.
struct Output: ParsableArguments {
    @Option(name: [.customShort("o"), .long], help: "table, wide, json or yaml.") var output = OutputFormat.table

    /// Prints a report. What it finds wrong becomes exit status 1.
    func print(_ report: some Report) throws {
        switch output {
        case .table: Swift.print(report.text(isWide: false).forTerminal)
        case .wide: Swift.print(report.text(isWide: true).forTerminal)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Swift.print(String(decoding: try encoder.encode(report), as: UTF8.self))
        case .yaml: Swift.print(try YAMLText.encode(report), terminator: "")
        }
        if !report.isHealthy { throw ExitCode(1) }
    }
}
