/// An error that ends a process: what a person reads, and what a script sees.
package struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    package var exitCode: ExitStatus
    /// Lower case, without a full stop, with the flag, file or address it is about.
    package var message: String

    package init(_ exitCode: ExitStatus, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    /// Any error as one that ends the process: a `CommandError` stays what it is, another one is a mistake of this
    /// program (70), since the places that expect errors say what they mean.
    package init(_ error: any Error) {
        self = error as? CommandError ?? CommandError(.software, "\(error)")
    }

    package var description: String { message }

    /// Writes `toono-speaker: error: …` to standard error, in one line, and returns the process's exit status.
    package func report(as program: String, to sink: LogSink = .standardError) -> Int32 {
        var line = "\(program): error: "
        LogLine.escape(message, quotes: false, into: &line)
        line += "\n"
        sink.write(Array(line.utf8))
        return exitCode.rawValue
    }
}
