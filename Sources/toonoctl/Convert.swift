import ArgumentParser
import ConfigurationFiles

/// `toonoctl convert`: the resources that the controller makes of a legacy configuration.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the metallb.io resources that say what a legacy ConfigMap says.",
        discussion: """
            The resources are those that the controller makes of the ConfigMap itself, as YAML documents. The file may \
            hold the ConfigMap, also among other objects, or only the text under its key "config".
            """)

    @Argument(help: "Files to convert; - is the standard input.")
    var files: [String]

    @Option(help: "The name of the legacy ConfigMap.")
    var legacyConfig = ConfigurationFiles.legacyConfigMap

    @Option(name: [.customShort("n"), .long], help: "The namespace of the resources. (default: the ConfigMap's)")
    var namespace: String?

    func run() throws {
        do {
            let text = try ConfigurationFiles.convert(
                try InputFile.read(files), legacyConfigMap: legacyConfig, namespace: namespace)
            print(text, terminator: "")
        } catch let failure as ConfigurationFiles.ConversionFailure {
            for problem in failure.problems { StandardError.write("\(problem)") }
            throw ExitCode(1)
        }
    }
}
