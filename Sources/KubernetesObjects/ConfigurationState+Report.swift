// What a component says of the configuration that it has read.
extension ConfigurationState.Status {
    /// The API server takes no condition with a message of more than 32,768 characters, and a state that it refuses would
    /// tell nothing at all.
    private static let limit = 30_000

    /// A status without times.
    /// - Parameter problems: a line each; with one the configuration is not taken.
    package init(problems: [String]) {
        var length = 0
        let shown = problems.prefix { line in
            length += line.utf8.count + 1
            return length <= Self.limit
        }
        let rest = problems.count - shown.count
        let summary = (shown + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: "\n")
        self.init(
            result: problems.isEmpty ? "Valid" : "Invalid", errorSummary: problems.isEmpty ? nil : summary)
    }

    /// The same with its conditions, both of which say the same: pools and the rest are read at once.
    /// - Parameter timestamp: now, RFC 3339.
    package func withConditions(at timestamp: String) -> Self {
        var status = self
        let isValid = result == "Valid"
        status.conditions = ["configReconcilerValid", "poolReconcilerValid"].map { type in
            var condition = Condition(
                type: type, status: isValid ? "True" : "False", reason: isValid ? "Reconciled" : "ConfigurationError",
                message: errorSummary ?? "the configuration is valid")
            condition.lastTransitionTime = timestamp
            return condition
        }
        return status
    }

    /// The status as a merge patch has it: null removes what an earlier report said. An empty text would not do: servers of
    /// 1.20 refuse it.
    package var patch: JSONValue {
        [
            "result": result.map { .string($0) } ?? .null, "errorSummary": errorSummary.map { .string($0) } ?? .null,
            "conditions": .array((conditions ?? []).map(\.json)),
        ]
    }
}
