/// Why a metric's definition was refused. All of these are mistakes in a module's list of metrics.
package enum MetricDefinitionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not `[a-zA-Z_:][a-zA-Z0-9_:]*`, the data model's rule for names.
    case invalidName(String)
    /// No help, which an operator would miss and which marks a family that nobody declared.
    case noHelp(String)
    /// Buckets that do not ascend, are not finite, or belong to something that is no histogram.
    case invalidBuckets(String)
    /// The name, or one that its samples would have, belongs to another family already.
    case nameTaken(String, by: String)

    package var description: String {
        switch self {
        case .invalidName(let name): "metric name \"\(name)\" is not valid"
        case .noHelp(let name): "metric \"\(name)\" has no help"
        case .invalidBuckets(let name): "the buckets of metric \"\(name)\" must be finite and ascend"
        case .nameTaken(let name, let owner): "metric \"\(name)\" would clash with \"\(owner)\""
        }
    }
}
