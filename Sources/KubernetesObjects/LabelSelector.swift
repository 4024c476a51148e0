/// A `metav1.LabelSelector`: all of its requirements must hold; an empty one matches everything.
package struct LabelSelector: Sendable, Hashable, Codable {
    package var matchLabels: [String: String]?
    package var matchExpressions: [Requirement]?

    package init(matchLabels: [String: String]? = nil, matchExpressions: [Requirement]? = nil) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    /// One requirement on the value of one label.
    package struct Requirement: Sendable, Hashable, Codable {
        package var key: String
        /// `In`, `NotIn`, `Exists` or `DoesNotExist`; anything else is found by `problem()`.
        package var `operator`: String
        package var values: [String]?

        package init(key: String, operator: String, values: [String]? = nil) {
            self.key = key
            self.operator = `operator`
            self.values = values
        }
    }

    /// What is wrong with the selector, or nil. In the words of Kubernetes' own validation.
    package func problem() -> String? {
        for requirement in matchExpressions ?? [] {
            let count = requirement.values?.count ?? 0
            if requirement.key.isEmpty { return "a requirement without key" }
            switch requirement.operator {
            case "In", "NotIn":
                if count == 0 {
                    return "for 'in', 'notin' operators, values set can't be empty (key \"\(requirement.key)\")"
                }
                if Set(requirement.values ?? []).count != count {
                    return "duplicate values for key \"\(requirement.key)\""
                }
            case "Exists", "DoesNotExist":
                if count != 0 {
                    return "values set must be empty for exists and does not exist (key \"\(requirement.key)\")"
                }
            default:
                return "\"\(requirement.operator)\" is not a valid label selector operator (key \"\(requirement.key)\")"
            }
        }
        return nil
    }

    /// True if the labels fulfil every requirement. A requirement that `problem()` complains of is never fulfilled.
    package func matches(_ labels: [String: String]) -> Bool {
        for (key, value) in matchLabels ?? [:] where labels[key] != value { return false }
        return (matchExpressions ?? []).allSatisfy { requirement in
            let value = labels[requirement.key]
            switch requirement.operator {
            case "In": return value.map { requirement.values?.contains($0) ?? false } ?? false
            // As in Kubernetes, a label that is absent is not in any set.
            case "NotIn": return value.map { !(requirement.values?.contains($0) ?? false) } ?? true
            case "Exists": return value != nil
            case "DoesNotExist": return value == nil
            default: return false
            }
        }
    }
}
