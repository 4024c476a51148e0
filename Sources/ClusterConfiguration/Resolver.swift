import KubernetesObjects

/// Collects problems and warnings while resources are checked: the work behind `Configuration.resolve`.
struct Resolver {
    var problems: [ConfigurationProblem] = []
    var warnings: [ConfigurationProblem] = []

    /// Notes that a field is wrong.
    mutating func refuse(
        _ object: some KubernetesObject, _ field: String, _ value: String? = nil, _ message: String,
        isTransient: Bool = false
    ) {
        problems.append(Self.problem(object, field, value, message, isTransient: isTransient))
    }

    /// Notes that a field is allowed but hardly meant.
    mutating func warn(
        _ object: some KubernetesObject, _ field: String, _ value: String? = nil, _ message: String
    ) {
        warnings.append(Self.problem(object, field, value, message, isTransient: false))
    }

    private static func problem<Object: KubernetesObject>(
        _ object: Object, _ field: String, _ value: String?, _ message: String, isTransient: Bool
    ) -> ConfigurationProblem {
        ConfigurationProblem(
            kind: Object.kind, object: object.key, field: field, value: value?.abridged, message: message,
            isTransient: isTransient)
    }

    /// Refuses every object but the first of a name. The API server never lets two be, but files can.
    mutating func refuseSecondOfAName(_ objects: [some KubernetesObject]) {
        var seen: Set<String> = []
        for object in objects where !seen.insert(object.metadata.name).inserted {
            refuse(object, "metadata.name", object.metadata.name, "is the name of another object of the kind")
        }
    }

    /// Refuses every entry of a list that stands in it before.
    mutating func refuseDuplicates(_ object: some KubernetesObject, _ field: String, _ values: [String]?) {
        var first: [String: Int] = [:]
        for (index, value) in (values ?? []).enumerated() {
            if let earlier = first[value] {
                refuse(object, "\(field)[\(index)]", value, "is the same as \(field)[\(earlier)]")
            } else {
                first[value] = index
            }
        }
    }
}
