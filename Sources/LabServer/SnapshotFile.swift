import FoundationEssentials
package import Telemetry

/// The file that a cluster outlives its process in: `snapshot.json` in a directory, always whole.
package struct SnapshotFile: Sendable {
    private let directory: String
    private var path: String { directory + "/snapshot.json" }

    /// - Throws: `CommandError` with exit code 78 for a directory that cannot be made.
    package init(directory: String) throws(CommandError) {
        self.directory = directory
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw CommandError(.configuration, "--data-dir \(directory): \(error)")
        }
    }

    /// The last snapshot; nil if there is none yet.
    package func read() throws(CommandError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandError(.noInput, "\(path): cannot be read")
        }
        return Array(bytes)
    }

    /// Replaces the file in one step.
    package func write(_ bytes: [UInt8]) throws(CommandError) {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandError(.systemError, "\(path): \(error)")
        }
    }

    /// What to say of a file that is no snapshot.
    package func refusal(_ message: String) -> CommandError { CommandError(.dataError, "\(path): \(message)") }
}
