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
    package var involvedObject: Reference?
    /// RFC 3339; the newer form of events has `eventTime` in its place.
    package var lastTimestamp: String?
    package var eventTime: String?

    package init(
        component: String, host: String? = nil, type: String, reason: String, message: String,
        lastTimestamp: String? = nil, involvedObject: Reference? = nil
    ) {
        metadata = ObjectMeta(name: "")
        self.type = type
        self.reason = reason
        self.message = message
        source = Source(component: component, host: host)
        self.lastTimestamp = lastTimestamp
        self.involvedObject = involvedObject
    }

    /// Who tells.
    package struct Source: Sendable, Hashable, Codable {
        package var component: String?
        /// The node.
        package var host: String?
    }

    /// What it is about.
    package struct Reference: Sendable, Hashable, Codable, CustomStringConvertible {
        package var kind: String?
        package var namespace: String?
        package var name: String?

        package init(kind: String? = nil, namespace: String? = nil, name: String? = nil) {
            self.kind = kind
            self.namespace = namespace
            self.name = name
        }

        /// `Service default/web`
        package var description: String {
            let name = [namespace, name].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "/")
            return [kind, name].compactMap(\.self).joined(separator: " ")
        }
    }

    /// When it last happened; text of this form is in the order of time.
    package var time: String { lastTimestamp ?? eventTime ?? "" }
}

extension [EventRecord] {
    /// Warnings of a component, the newest first.
    func warnings(of component: String) -> [EventRecord] {
        filter { $0.source?.component == component && $0.type == "Warning" }.sorted { $0.time > $1.time }
    }
}
