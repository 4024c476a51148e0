/// An object of the API, as a list, a watch and a write see it.
package protocol KubernetesObject: Codable, Sendable {
    /// `v1`, `metallb.io/v1beta1`
    static var apiVersion: String { get }
    /// `Service`
    static var kind: String { get }
    var metadata: ObjectMeta { get set }
}

extension KubernetesObject {
    /// The object's name in its namespace, by which queues and maps know it.
    package var key: ObjectKey { ObjectKey(namespace: metadata.namespace, name: metadata.name) }
}

/// The name of an object among those of its kind: what queues carry.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Empty for an object of the cluster.
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `default/web`, or the name alone for an object of the cluster.
    package var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// What an event is about (`v1.ObjectReference`).
package struct ObjectReference: Sendable, Hashable, Codable {
    package var apiVersion: String
    package var kind: String
    package var namespace: String
    package var name: String
    package var uid: String

    package init(apiVersion: String, kind: String, namespace: String, name: String, uid: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }

    /// A reference to an object.
    package init<Object: KubernetesObject>(_ object: Object) {
        self.init(
            apiVersion: Object.apiVersion, kind: Object.kind, namespace: object.metadata.namespace,
            name: object.metadata.name,
            uid: object.metadata.uid)
    }
}

/// One line of an object's `status.conditions` (`metav1.Condition`).
package struct Condition: Sendable, Hashable, Codable {
    package var type: String
    /// `True`, `False` or `Unknown`
    package var status: String
    package var reason: String?
    package var message: String?
    package var observedGeneration: Int64?
    /// RFC 3339
    package var lastTransitionTime: String?

    package init(type: String, status: String, reason: String? = nil, message: String? = nil) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }

    /// As a patch has it; what is not known is left out.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["type": .string(type), "status": .string(status)]
        members["reason"] = reason.map { .string($0) }
        members["message"] = message.map { .string($0) }
        members["observedGeneration"] = observedGeneration.map { .int($0) }
        members["lastTransitionTime"] = lastTransitionTime.map { .string($0) }
        return .object(members)
    }
}
