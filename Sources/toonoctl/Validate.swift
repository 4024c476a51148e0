import ArgumentParser
import ConfigurationFiles

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

    func run() throws {
        let problems = ConfigurationFiles.validate(try InputFile.read(files), legacyConfigMap: legacyConfig)
        for problem in problems { print(problem) }
        if problems.contains(where: { !$0.isWarning }) { throw ExitCode(1) }
    }
}
