package import KubernetesObjects

/// A `v1.Event` as it is read: everybody's, so that little is relied on.
package struct EventRecord: KubernetesObject, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Event"

    package var metadata: ObjectMeta
    /// `Normal` or `Warning`
    package var type: String?
    package var reason: String?
    package var message: String?
    package var source: Source?
    /// RFC 3339; the newer form of events has `eventTime` in its place.
    package var lastTimestamp: String?
    package var eventTime: String?

    package init(
        component: String, type: String, reason: String, message: String, lastTimestamp: String? = nil
    ) {
        metadata = ObjectMeta(name: "")
        self.type = type
        self.reason = reason
        self.message = message
        source = Source(component: component)
        self.lastTimestamp = lastTimestamp
    }

    /// Who tells.
    package struct Source: Sendable, Hashable, Codable {
        package var component: String?
    }

    /// When it last happened; text of this form is in the order of time.
    var time: String { lastTimestamp ?? eventTime ?? "" }
}

extension [EventRecord] {
    /// Warnings of a component, the newest first.
    func warnings(of component: String) -> [EventRecord] {
        filter { $0.source?.component == component && $0.type == "Warning" }.sorted { $0.time > $1.time }
    }
}
