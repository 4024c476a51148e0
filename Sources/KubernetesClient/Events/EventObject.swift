import FoundationEssentials
import KubernetesObjects

/// A `v1.Event`, in the form that servers of all ages take.
struct EventObject: KubernetesObject, Hashable {
    static let apiVersion = "v1"
    static let kind = "Event"
    static let path = ResourcePath(plural: "events")

    struct Source: Sendable, Hashable, Codable {
        var component: String
        var host: String?
    }

    var metadata: ObjectMeta
    var involvedObject: ObjectReference
    var reason: String?
    var message: String?
    var type: String?
    var source: Source?
    var firstTimestamp: String?
    var lastTimestamp: String?
    var count: Int?
    var reportingComponent: String?
    var reportingInstance: String?

    /// - Parameter time: when it happened.
    init(_ report: EventReport, name: String, source: Source, time: Date) {
        // The event of an object of the cluster lives in the namespace default.
        let namespace = report.regarding.namespace.isEmpty ? "default" : report.regarding.namespace
        metadata = ObjectMeta(name: name, namespace: namespace)
        involvedObject = report.regarding
        reason = report.reason
        message = Self.shortened(report.message)
        type = report.level.rawValue
        self.source = source
        firstTimestamp = Self.timestamp(time)
        lastTimestamp = firstTimestamp
        count = 1
        reportingComponent = source.component
        reportingInstance = source.host
    }

    /// As client-go names them: the object's name and the time, so that the names of one object do not meet. The name
    /// as a whole must be a DNS subdomain, of 253 bytes at most.
    static func name(for report: EventReport, time: Date) -> String {
        let nanoseconds = UInt64(max(0, time.timeIntervalSince1970) * 1_000_000_000)
        return report.regarding.name.prefix(236) + "." + String(nanoseconds, radix: 16)
    }

    /// RFC 3339, whole seconds (`metav1.Time`).
    static func timestamp(_ time: Date) -> String { time.formatted(.iso8601) }

    /// At most 1024 bytes, the server's limit, cut between characters.
    private static func shortened(_ message: String) -> String {
        guard message.utf8.count > 1024 else { return message }
        var short = ""
        for character in message {
            if short.utf8.count + character.utf8.count > 1021 { break }
            short.append(character)
        }
        return short + "..."
    }
}
