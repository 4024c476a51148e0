import KubernetesObjects
import Logging

/// Logs an object that does not decode once, not with every list and every change.
struct UnreadableLog {
    private var known: [ObjectKey: String] = [:]

    /// Logs unless the same was said of the object before.
    mutating func note(_ object: UnreadableObject, to logger: Logger) {
        guard known.updateValue(object.problem, forKey: object.key) != object.problem else { return }
        logger.error(
            "object ignored: it does not decode",
            metadata: ["object": "\(object.key)", "problem": "\(object.problem)"])
    }

    /// The object is readable again, or gone.
    mutating func forget(_ key: ObjectKey) {
        if !known.isEmpty { known[key] = nil }
    }

    /// Forgets the objects that a complete list does not name.
    mutating func keepOnly(_ keys: Set<ObjectKey>) {
        if !known.isEmpty { known = known.filter { keys.contains($0.key) } }
    }
}
