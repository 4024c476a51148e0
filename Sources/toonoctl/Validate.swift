import ArgumentParser
import ConfigurationFiles
import Inspection

/// `toonoctl validate`: what the controller and the speakers would complain of, before a cluster has it.
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check files with metallb.io resources or a legacy ConfigMap.",
        discussion: """
            All files are checked together. Each problem is one line, FILE:LINE: OBJECT FIELD: MESSAGE; what is only a \
            warning says so and does not change the exit status. Objects of other kinds are passed over.
            """)

    @Argument(help: "Files to check; - is the standard input.")
    var files: [String]

    @Option(help: "The name of the legacy ConfigMap.")
    var legacyConfig = ConfigurationFiles.legacyConfigMap

    @OptionGroup var output: Output

    func run() throws {
        let problems = ConfigurationFiles.validate(try InputFile.read(files), legacyConfigMap: legacyConfig)
        // Nothing to say is said by saying nothing.
        if problems.isEmpty, output.output == .table || output.output == .wide { return }
        try output.print(ValidationReport(problems: problems))
    }
}

/// What `toonoctl validate` found.
private struct ValidationReport: Report {
    var problems: [FileProblem]

    var isHealthy: Bool { problems.allSatisfy(\.isWarning) }

    func text(isWide: Bool) -> String { problems.map(\.description).joined(separator: "\n") }
}
