import Allocation
import KubernetesObjects
import Reasons

/// What the controller knows, as `/state` shows it.
package struct ControllerSnapshot: Sendable, Hashable, Codable {
    /// Kinds that have not been listed yet, with what stands in the way.
    package var missing: [String]
    /// `Valid`, `Invalid`, or `Unknown` before everything is listed.
    package var configuration: String
    /// What is wrong, and what is hardly meant.
    package var problems: [String]
    package var pools: [Pool]
    /// Services known, of every type.
    package var services: Int
    /// Services with addresses of ours.
    package var allocated: Int
    /// Services that lack something, in order of name; at most a thousand.
    package var refused: [Refusal]
    /// Keys that wait for a worker or are worked on.
    package var queue = 0
    /// Keys whose last attempt failed.
    package var failing = 0

    /// How full a pool is.
    package struct Pool: Sendable, Hashable, Codable {
        package var name: String
        package var assignedIPv4: Int64
        package var assignedIPv6: Int64
        package var availableIPv4: Int64
        package var availableIPv6: Int64
    }

    /// Why a Service lacks something.
    package struct Refusal: Sendable, Hashable, Codable {
        package var service: String
        package var reason: String
        package var message: String
    }
}

extension ControllerState {
    /// The number of Services known.
    package var serviceCount: Int { services.objects.count }

    /// How many Services lack something, by the name of the reason.
    package var refusalCounts: [String: Int] {
        told.values.reduce(into: [:]) { $0[$1.reason.rawValue, default: 0] += 1 }
    }

    /// True if the last configuration read was valid.
    package var isConfigurationValid: Bool { problems.allSatisfy(\.isWarning) }

    /// What is known, for people.
    package var snapshot: ControllerSnapshot {
        ControllerSnapshot(
            missing: missingKinds.map { kind, reason in reason.map { "\(kind): \($0)" } ?? kind },
            configuration: isStarted ? configurationStatus.result ?? "Unknown" : "Unknown",
            problems: problems.map(\.text),
            pools: allocator.usage.map { usage in
                ControllerSnapshot.Pool(
                    name: usage.pool, assignedIPv4: usage.assignedIPv4, assignedIPv6: usage.assignedIPv6,
                    availableIPv4: usage.availableIPv4, availableIPv6: usage.availableIPv6)
            }, services: serviceCount, allocated: allocator.assignmentCount,
            refused: told.sorted { $0.key < $1.key }.prefix(1000).map { key, refusal in
                ControllerSnapshot.Refusal(
                    service: key.description, reason: refusal.reason.rawValue, message: refusal.message)
            })
    }
}
