import Foundation

/// The `nft` command, which takes a whole set of rules in one transaction.
enum Nft {
    /// Rules that `nft` refused, or could not be started for.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Loads rules as `nft -f -` does.
    static func load(_ rules: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["nft", "-f", "-"]
        let (input, errors) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardError = errors
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(rules.utf8))
        try input.fileHandleForWriting.close()
        let complaint = try errors.fileHandleForReading.readToEnd().map { String(decoding: $0, as: UTF8.self) } ?? ""
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failure(description: complaint) }
    }
}
