/// Which interfaces take part, by name. The defaults leave out what container networks and OpenYurt make (MetalLB's list,
/// `hub-dummy0`, and Toono's own sink).
package struct LinkPolicy: Sendable {
    /// The pattern of `--exclude-interfaces` where the flag is absent.
    package static let defaultExclusions =
        "^(docker|cbr|dummy|virbr|lxcbr|veth|cali|tunl|flannel|kube-ipvs|cni|nodelocaldns|lxc|hub-dummy|toono).*|^lo$"

    // As text: a compiled Regex cannot be shared between tasks, and this is asked for new links only.
    private let included: String?
    private let excluded: String

    /// A policy from two regular expressions; nil includes everything.
    package init(including: String? = nil, excluding: String = defaultExclusions) throws(PatternError) {
        if let including { try Self.check(including, flag: "--interfaces") }
        try Self.check(excluding, flag: "--exclude-interfaces")
        included = including
        excluded = excluding
    }

    /// True if an interface of this name takes part.
    package func admits(_ name: String) -> Bool {
        (included.map { Self.matches($0, name) } ?? true) && !Self.matches(excluded, name)
    }

    /// A regular expression of a flag that does not parse.
    package struct PatternError: Error, Sendable, CustomStringConvertible {
        package var flag: String
        package var pattern: String
        package var problem: String
        package var description: String { "\(flag): \"\(pattern)\" is no regular expression: \(problem)" }
    }

    private static func check(_ pattern: String, flag: String) throws(PatternError) {
        do { _ = try Regex(pattern) } catch { throw PatternError(flag: flag, pattern: pattern, problem: "\(error)") }
    }

    /// False too for a pattern that does not parse, of which `init` lets none pass.
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return name.firstMatch(of: regex) != nil
    }
}
