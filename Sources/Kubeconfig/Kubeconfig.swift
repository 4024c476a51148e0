import FoundationEssentials
package import KubernetesClient
import PositionedYAML

/// Reads kubectl's configuration file.
package enum Kubeconfig {
    /// The configuration that a kubeconfig describes.
    ///
    /// - Parameters:
    ///   - path: the file; files that it names are relative to its folder.
    ///   - context: nil for the file's `current-context`.
    /// - Throws: which entry of which file is wrong or asks for something unsupported.
    package static func load(
        path: String, context: String? = nil
    ) throws(ClientConfigurationError) -> ClientConfiguration {
        let data = try ClientConfiguration.readFile(path, for: "kubeconfig")
        let directory = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        return try parse(String(decoding: data, as: UTF8.self), path: path, directory: directory, context: context)
    }

    /// The configuration in a kubeconfig's text.
    /// - Parameters:
    ///   - path: for messages.
    ///   - directory: where relative file names begin.
    package static func parse(
        _ text: String, path: String, directory: String, context: String? = nil
    ) throws(ClientConfigurationError) -> ClientConfiguration {
        let file: KubeconfigFile
        do throws(YAMLProblem) {
            file = try KubeconfigFile(
                try YAMLStream.documents(text).first
                    ?? YAMLNode(position: YAMLPosition(line: 1, column: 1), content: .mapping([])))
        } catch {
            throw ClientConfigurationError(
                .invalid,
                "kubeconfig \(path): \(error.message) (line \(error.position.line), column \(error.position.column))")
        }
        do throws(ClientConfigurationError) {
            return try Resolution(file: file, directory: directory).configuration(context: context)
        } catch {
            throw ClientConfigurationError(error.code, "kubeconfig \(path): \(error.message)")
        }
    }
}
