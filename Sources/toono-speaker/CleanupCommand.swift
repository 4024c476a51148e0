import ArgumentParser
import Kernel
import Telemetry

/// `toono-speaker cleanup`: removes everything of ours from the kernel, and nothing else.
struct CleanupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleanup",
        abstract: "Removes everything that a speaker left in this node's kernel, and nothing else.")

    func run() throws {
        do {
            guard try Capabilities.missing([.netAdmin]).isEmpty else {
                throw CommandError(.noPermission, "missing capability NET_ADMIN")
            }
            let removed = try Cleanup.run()
            print("removed \(removed) entries")
        } catch let error as CommandError {
            throw ExitCode(error.report(as: "toono-speaker"))
        } catch {
            throw ExitCode(CommandError(.systemError, "\(error)").report(as: "toono-speaker"))
        }
    }
}
