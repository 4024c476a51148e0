import KubernetesObjects

extension Resolver {
    /// Checks a list of selectors: each by the rules of Kubernetes, and that none stands in it twice.
    mutating func checkSelectors(_ object: some KubernetesObject, _ field: String, _ selectors: [LabelSelector]?) {
        var first: [LabelSelector: Int] = [:]
        for (index, selector) in (selectors ?? []).enumerated() {
            let path = "\(field)[\(index)]"
            checkSelector(object, path, selector)
            if let earlier = first[selector.canonical] {
                refuse(object, path, nil, "selects the same as \(field)[\(earlier)]")
            } else {
                first[selector.canonical] = index
            }
        }
    }

    /// Checks one selector by the rules of Kubernetes (apimachinery, `LabelSelectorAsSelector`).
    mutating func checkSelector(_ object: some KubernetesObject, _ field: String, _ selector: LabelSelector) {
        for (key, value) in (selector.matchLabels ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let problem = LabelSyntax.problem(ofKey: key) { refuse(object, "\(field).matchLabels", key, problem) }
            if let problem = LabelSyntax.problem(ofValue: value) {
                refuse(object, "\(field).matchLabels[\(key.abridged)]", value, problem)
            }
        }
        for (index, requirement) in (selector.matchExpressions ?? []).enumerated() {
            checkRequirement(object, "\(field).matchExpressions[\(index)]", requirement)
        }
    }

    private mutating func checkRequirement(
        _ object: some KubernetesObject, _ field: String, _ requirement: LabelSelector.Requirement
    ) {
        if let problem = LabelSyntax.problem(ofKey: requirement.key) {
            refuse(object, "\(field).key", requirement.key, problem)
        }
        let values = requirement.values ?? []
        switch requirement.operator {
        case "In", "NotIn":
            if values.isEmpty { refuse(object, "\(field).values", nil, "\(requirement.operator) needs a value") }
        case "Exists", "DoesNotExist":
            if !values.isEmpty { refuse(object, "\(field).values", nil, "\(requirement.operator) takes no values") }
        default:
            refuse(
                object, "\(field).operator", requirement.operator,
                "is no operator; there are In, NotIn, Exists and DoesNotExist")
        }
        refuseDuplicates(object, "\(field).values", values)
        for (index, value) in values.enumerated() {
            if let problem = LabelSyntax.problem(ofValue: value) {
                refuse(object, "\(field).values[\(index)]", value, problem)
            }
        }
    }
}
