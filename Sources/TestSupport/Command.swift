import Glibc

/// A command that did not end with status 0.
package struct CommandFailure: Error, Sendable, CustomStringConvertible {
    package var command: String
    /// The exit status, or 128 and the signal.
    package var status: Int32
    /// Standard output and standard error.
    package var output: String

    package var description: String { "\(command): status \(status): \(output)" }
}

/// Commands of the shell.
package enum Command {
    /// Runs a command line to its end, on a thread of its own.
    /// - Returns: its standard output and standard error.
    /// - Throws: `CommandFailure` if its status is not 0.
    @discardableResult
    package static func run(_ line: String) async throws -> String {
        try await DedicatedThread.run { try runNow(line) }
    }

    /// The same, on the calling thread and in its namespace.
    @discardableResult
    package static func runNow(_ line: String) throws -> String {
        guard let pipe = unsafe Self.open("(\(line)) 2>&1") else {
            throw CommandFailure(command: line, status: errno, output: "popen failed")
        }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { break }
            output += chunk[..<count]
        }
        let status = unsafe pclose(pipe)
        let text = String(decoding: output, as: UTF8.self)
        guard status == 0 else {
            let code = status & 0x7F == 0 ? status >> 8 : 128 + status & 0x7F
            throw CommandFailure(command: line, status: code, output: text)
        }
        return text
    }

    /// Starts a command line that no signal is blocked for: whoever is started inherits the mask of the thread, those of
    /// Swift's pool block nearly all, and a daemon that SIGTERM does not reach outlives its test. Nor does it inherit sockets:
    /// a connection that a daemon has too is not closed when its test closes it.
    private static func open(_ line: String) -> UnsafeMutablePointer<FILE>? {
        for descriptor in Int32(3)..<1024 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var none = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        return unsafe popen(line, "re")
    }
}
