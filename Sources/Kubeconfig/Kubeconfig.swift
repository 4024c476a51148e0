import Foundation
package import KubernetesClient
import Yams

/// Reads kubectl's configuration file. A module of its own because YAML brings all of Foundation along, which a
/// process in a pod does without.
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
        do {
            file = try YAMLDecoder().decode(KubeconfigFile.self, from: text)
        } catch {
            throw ClientConfigurationError(.invalid, "kubeconfig \(path): \(problem(error))")
        }
        do throws(ClientConfigurationError) {
            return try Resolution(file: file, directory: directory).configuration(context: context)
        } catch {
            throw ClientConfigurationError(error.code, "kubeconfig \(path): \(error.message)")
        }
    }

    /// The first line of what is wrong, with its place.
    private static func problem(_ error: any Error) -> String {
        let context: DecodingError.Context
        switch error {
        case DecodingError.typeMismatch(_, let found), DecodingError.valueNotFound(_, let found),
            DecodingError.dataCorrupted(let found):
            context = found
        case DecodingError.keyNotFound(let key, let found):
            return place(found.codingPath) + "\"\(key.stringValue)\" is missing"
        case let error as YamlError:
            return problem(error)
        default:
            return "\(error)"
        }
        if let underlying = context.underlyingError as? YamlError { return problem(underlying) }
        return place(context.codingPath) + context.debugDescription
    }

    /// Place and reason only: Yams' own description quotes the line, and a kubeconfig's lines hold secrets.
    private static func problem(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case .reader(let problem, let offset, _, _):
            "at offset \(offset ?? 0): \(problem)"
        case .duplicatedKeysInMapping(let keys, _):
            "the same key twice: \(keys.count) keys"
        default:
            "no YAML"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "" }
        return path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".") + ": "
    }
}
