/// A label selector as it stands in a URL or an annotation: `a=b,c!=d,e in (x,y),f notin (z),g,!h,i>1`. All requirements must hold.
package struct LabelQuery: Sendable, Hashable {
    /// One requirement on the value of one label.
    package enum Requirement: Sendable, Hashable {
        case anyOf(key: String, values: Set<String>)
        /// Also holds where the label is absent, as in Kubernetes.
        case noneOf(key: String, values: Set<String>)
        case present(key: String)
        case absent(key: String)
        case above(key: String, bound: Int64)
        case below(key: String, bound: Int64)
    }

    package var requirements: [Requirement]

    /// True for a selector that every object fulfils.
    package var isEmpty: Bool { requirements.isEmpty }

    package init(requirements: [Requirement] = []) { self.requirements = requirements }

    /// Reads a selector.
    package init(reading text: String) throws(Unreadable) {
        var parser = LabelQueryParser(text)
        requirements = try parser.requirements()
    }

    /// What is wrong with a text that is no selector, in the words of Kubernetes' parser.
    package struct Unreadable: Error, Hashable { package var message: String }

    package func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .anyOf(let key, let values): labels[key].map(values.contains) ?? false
            case .noneOf(let key, let values): labels[key].map { !values.contains($0) } ?? true
            case .present(let key): labels[key] != nil
            case .absent(let key): labels[key] == nil
            case .above(let key, let bound): labels[key].flatMap(Int64.init).map { $0 > bound } ?? false
            case .below(let key, let bound): labels[key].flatMap(Int64.init).map { $0 < bound } ?? false
            }
        }
    }
}
