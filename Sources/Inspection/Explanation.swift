import KubernetesObjects

/// `toonoctl explain service`: the way of a Service to the wire, step by step, and where it ends.
package struct Explanation: Report, Hashable {
    /// The steps in the order in which they are taken.
    package enum Step: String, Sendable, Hashable, Encodable, CaseIterable {
        case type, `class`, address, pool, advertisement, endpoints, nodes, sessions, announcement
    }

    /// What came of a step.
    package enum Result: String, Sendable, Hashable, Encodable {
        case ok
        /// The way ends here.
        case stops
        /// Worth to know, and no obstacle.
        case note
    }

    /// One step that was taken.
    package struct Finding: Sendable, Hashable, Encodable {
        package var step: Step
        /// Nil for a step that concerns the whole Service.
        package var address: String?
        package var result: Result
        package var text: String
        /// One line each.
        package var details: [String]
    }

    /// Why the Service is not announced.
    package struct Cause: Sendable, Hashable, Encodable {
        /// The name of a reason, as events and `docs/troubleshooting.md` have it; nil where none is known.
        package var reason: String?
        package var message: String

        /// `noPool: there is no pool`
        package var text: String { reason.map { "\($0): \(message)" } ?? message }
    }

    package var service: String
    /// One line: what is so, or what the cause is.
    package var summary: String
    /// Nil for a Service that is announced.
    package var cause: Cause?
    package var findings: [Finding]

    package var isHealthy: Bool { cause == nil }

    package func text(isWide: Bool) -> String {
        var lines = [summary, ""]
        let width = findings.map { $0.step.rawValue.count }.max() ?? 0
        for finding in findings {
            let name = finding.step.rawValue + String(repeating: " ", count: width - finding.step.rawValue.count)
            let result = finding.result.rawValue + String(repeating: " ", count: 5 - finding.result.rawValue.count)
            lines.append("\(name)   \(result)   \(finding.text)")
            let indent = String(repeating: " ", count: width + 11)
            lines += finding.details.map { indent + $0 }
        }
        return lines.joined(separator: "\n")
    }
}
