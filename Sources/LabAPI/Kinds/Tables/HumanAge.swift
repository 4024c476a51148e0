import KubernetesObjects

/// How long ago something was, as `kubectl get` shows it (`duration.HumanDuration`).
enum HumanAge {
    /// `seconds` may be slightly negative where clocks differ.
    static func text(seconds: Int64) -> String {
        let (minutes, hours) = (seconds / 60, seconds / 3600)
        let days = hours / 24
        switch seconds {
        case ..<(-1): return "<invalid>"
        case ..<0: return "0s"
        case ..<120: return "\(seconds)s"
        case ..<600: return pair(minutes, "m", seconds % 60, "s")
        case ..<10_800: return "\(minutes)m"
        case ..<28_800: return pair(hours, "h", minutes % 60, "m")
        case ..<172_800: return "\(hours)h"
        case ..<691_200: return pair(days, "d", hours % 24, "h")
        case ..<63_072_000: return "\(days)d"
        case ..<252_288_000: return pair(days / 365, "y", days % 365, "d")
        default: return "\(days / 365)y"
        }
    }

    private static func pair(_ first: Int64, _ unit: String, _ second: Int64, _ smaller: String) -> String {
        second == 0 ? "\(first)\(unit)" : "\(first)\(unit)\(second)\(smaller)"
    }

    /// The age of a time as JSON has it; `<unknown>` for none.
    static func text(since time: JSONValue?, at now: Timestamp) -> String {
        guard let text = time?.stringValue, let then = Timestamp(text) else { return "<unknown>" }
        return HumanAge.text(seconds: now.seconds - then.seconds)
    }
}

extension JSONValue {
    /// The cell of the column `Age`.
    static func age(of object: JSONValue, at now: Timestamp) -> JSONValue {
        .string(HumanAge.text(since: object["metadata"]?["creationTimestamp"], at: now))
    }
}
