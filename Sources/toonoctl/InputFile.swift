import ArgumentParser
import ConfigurationFiles
import Foundation

/// Reads the files that a user names.
enum InputFile {
    /// `EX_NOINPUT` of sysexits.h.
    private static let cannotRead = ExitCode(66)

    /// All of them, or one line on standard error for each that cannot be read and exit status 66.
    static func read(_ names: [String]) throws -> [ConfigurationFile] {
        var files: [ConfigurationFile] = []
        for name in names {
            do {
                let data =
                    name == "-"
                    ? try FileHandle.standardInput.readToEnd() ?? Data()
                    : try Data(contentsOf: URL(fileURLWithPath: name))
                if let text = String(data: data, encoding: .utf8) {
                    files.append(ConfigurationFile(name: name, text: text))
                } else {
                    StandardError.write("\(name): is no UTF-8 text")
                }
            } catch {
                StandardError.write("\(name): \(reason(error, name))")
            }
        }
        if files.count < names.count { throw cannotRead }
        return files
    }

    private static func reason(_ error: any Error, _ name: String) -> String {
        let values = try? URL(fileURLWithPath: name).resourceValues(forKeys: [.isDirectoryKey])
        if values?.isDirectory == true { return "is a directory" }
        return switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "may not be read"
        default: error.localizedDescription
        }
    }
}

/// Where complaints about the call itself go.
enum StandardError {
    static func write(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
