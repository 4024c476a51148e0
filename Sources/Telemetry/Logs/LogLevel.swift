package import Logging

/// The value of `--log-level`: swift-log's levels, and the words that MetalLB's flag knows.
package enum LogLevel: String, Sendable, Hashable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical

    /// Reads the flag; nil for an unknown word. MetalLB's `all` is `trace`, `warn` is `warning`, and `none` is
    /// `critical`, since a process that is about to end says so in any case. (The shape that swift-argument-parser
    /// asks for.)
    package init?(argument: String) {
        switch argument.lowercased() {
        case "all": self = .trace
        case "warn": self = .warning
        case "none": self = .critical
        case let word: self.init(rawValue: word)
        }
    }

    /// The level for a `Logger`.
    package var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
