import Metrics
import Timing

/// What is wrong with a speaker as a whole, whatever it announces: shown on `/state`, by `toonoctl explain` and as the gauge
/// `toono_speaker_warning`.
package enum SpeakerWarning: String, Sendable, Hashable, CaseIterable, Encodable {
    /// The API server is not heard.
    case offline
    /// The state directory does not take what is to be written down.
    case stateNotWritable
    /// Hellos come that another key signed.
    case helloKeyDiffers
    /// Another machine says that it is this node.
    case duplicateNodeName
    /// The kernel refused a change.
    case kernelRefused
    /// The node's clock and the API server's are more than a minute apart.
    case clockSkewed
}

/// The warnings that hold now. Some are told by events, and hold for a while after the last.
struct SpeakerWarnings {
    /// For how long an event makes a warning.
    private static let memory = Duration.seconds(30)

    private struct Count {
        var value = 0
        var grewAt: Instant?
    }

    private var counts: [SpeakerWarning: Count] = [:]
    private var holding: Set<SpeakerWarning> = []
    private let gauges: [SpeakerWarning: Gauge]

    init(factory: any MetricsFactory) {
        gauges = Dictionary(
            SpeakerWarning.allCases.map {
                ($0, Gauge(label: "toono_speaker_warning", dimensions: [("warning", $0.rawValue)], factory: factory))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Those that hold, in order of their definition.
    var all: [SpeakerWarning] { SpeakerWarning.allCases.filter(holding.contains) }

    mutating func set(_ warning: SpeakerWarning, _ holds: Bool) {
        if holds { holding.insert(warning) } else { holding.remove(warning) }
        gauges[warning]?.record(holds ? 1 : 0)
    }

    /// A warning that holds while a count grows, and for a while after.
    mutating func set(_ warning: SpeakerWarning, count: Int, at now: Instant) {
        var known = counts[warning] ?? Count()
        if count > known.value { known.grewAt = now }
        known.value = count
        counts[warning] = known
        set(warning, known.grewAt.map { now - $0 < Self.memory } ?? false)
    }
}
