package import FoundationEssentials
package import Logging

/// swift-log's back end: one line a statement, as text or JSON. The caller sees to it that no secret is in a message or
/// in metadata; nothing is filtered here.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let sink: LogSink
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - label: the logger's name in each line.
    ///   - now: the clock of the time stamps; tests give their own.
    package init(
        label: String, level: Logger.Level, format: LogFormat, sink: LogSink = .standardError,
        metadataProvider: Logger.MetadataProvider? = nil, now: @escaping @Sendable () -> Date = { Date.now }
    ) {
        self.label = label
        self.logLevel = level
        self.format = format
        self.sink = sink
        self.metadataProvider = metadataProvider
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes the line. Of metadata with the same key the statement's own wins over the provider's, and that over the
    /// logger's; an error is the member `error`.
    package func log(event: LogEvent) {
        sink.write(line(for: event).bytes(as: format))
    }

    func line(for event: LogEvent) -> LogLine {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = .string("\(error)") }
        return LogLine(time: now(), level: event.level, logger: label, message: "\(event.message)", metadata: all)
    }
}
