import KubernetesObjects

extension LabelSelector {
    /// The same selector in the one form that all selectors with its requirements have: only expressions, sorted.
    var canonical: LabelSelector {
        let labels = (matchLabels ?? [:]).map { Requirement(key: $0.key, operator: "In", values: [$0.value]) }
        let expressions = (matchExpressions ?? []).map {
            Requirement(key: $0.key, operator: $0.operator, values: ($0.values ?? []).sorted())
        }
        return LabelSelector(
            matchExpressions: Set(labels + expressions).sorted {
                ($0.key, $0.operator) == ($1.key, $1.operator)
                    ? ($0.values ?? []).lexicographicallyPrecedes($1.values ?? [])
                    : ($0.key, $0.operator) < ($1.key, $1.operator)
            })
    }

    /// True if no labels can match both. False does not mean that some do.
    func isDisjoint(with other: LabelSelector) -> Bool {
        (canonical.matchExpressions ?? []).contains { one in
            (other.canonical.matchExpressions ?? []).contains { $0.key == one.key && one.excludes($0) }
        }
    }
}

extension LabelSelector.Requirement {
    /// True if no value of the label fulfils both this and another requirement on it.
    fileprivate func excludes(_ other: LabelSelector.Requirement) -> Bool {
        let (values, otherValues) = (Set(values ?? []), Set(other.values ?? []))
        switch (self.operator, other.operator) {
        case ("In", "In"): return values.isDisjoint(with: otherValues)
        case ("In", "NotIn"): return values.isSubset(of: otherValues)
        case ("NotIn", "In"): return otherValues.isSubset(of: values)
        case ("In", "DoesNotExist"), ("DoesNotExist", "In"): return true
        case ("Exists", "DoesNotExist"), ("DoesNotExist", "Exists"): return true
        default: return false
        }
    }
}

extension [LabelSelector] {
    /// The same list in the one form that all lists with its selectors have.
    var canonical: Set<LabelSelector> { Set(map(\.canonical)) }

    /// True if no labels can match a selector of each list. An empty list matches everything.
    func areDisjoint(with other: [LabelSelector]) -> Bool {
        !isEmpty && !other.isEmpty && allSatisfy { one in other.allSatisfy(one.isDisjoint(with:)) }
    }
}
