/// The order in which a group's versions are offered (`k8s.io/apimachinery/pkg/version.CompareKubeAwareVersionStrings`):
/// `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then anything else by name.
enum VersionOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        switch (rank(left), rank(right)) {
        case (let first?, let second?): second.lexicographicallyPrecedes(first)
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): left < right
        }
    }

    /// Stability, major and minor, each higher for what comes first.
    private static func rank(_ version: String) -> [Int]? {
        guard version.first == "v" else { return nil }
        let rest = version.dropFirst()
        for (stability, word) in [(1, "beta"), (0, "alpha")] {
            guard let range = rest.firstRange(of: word) else { continue }
            guard let major = Int(rest[..<range.lowerBound]), let minor = Int(rest[range.upperBound...]) else {
                return nil
            }
            return [stability, major, minor]
        }
        return Int(rest).map { [2, $0, 0] }
    }
}
