import Glibc
package import Logging

/// Sends every logger of the process to standard error and returns the executable's own. Called once, before the first
/// logger is made.
///
/// It also ignores SIGPIPE: a log collector that goes away must not take the load balancer with it.
///
/// - Parameters:
///   - label: the program's name, `toono-speaker`.
///   - metadataProvider: asked for metadata with each statement of any logger.
package func bootstrapLogging(
    label: String, level: LogLevel, format: LogFormat, metadataProvider: Logger.MetadataProvider? = nil
) -> Logger {
    signal(SIGPIPE, SIG_IGN)
    LoggingSystem.bootstrap(
        { label, provider in
            LineLogHandler(label: label, level: level.level, format: format, metadataProvider: provider)
        }, metadataProvider: metadataProvider)
    return Logger(label: label)
}
