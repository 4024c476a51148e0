import Addresses
import KubernetesObjects

/// A Pod as controllers look at it.
struct PodState: Sendable {
    let key: ObjectKey
    let object: JSONValue

    init(_ object: JSONValue) {
        self.object = object
        key = ObjectKey(
            storage: .pods, namespace: object.metadataText("namespace"), name: object.metadataText("name"))
    }

    var spec: JSONValue { object["spec"] ?? [:] }
    var status: JSONValue { object["status"] ?? [:] }
    var nodeName: String { spec.text("nodeName") }
    var labels: [String: String] { object["metadata"]?.texts("labels") ?? [:] }
    var usesHostNetwork: Bool { spec["hostNetwork"] == true }
    /// True for a Pod that has ended and will not run again.
    var isOver: Bool { ["Succeeded", "Failed"].contains(status.text("phase")) }
    var isReady: Bool { status.condition("Ready")?.text("status") == "True" }

    var addresses: [IPAddress] { status.elements("podIPs").compactMap { IPAddress($0.text("ip")) } }

    /// The uid of the controller that made it; empty for none.
    var ownerUID: String {
        object["metadata"]?.elements("ownerReferences").first { $0["controller"] == true }?.text("uid") ?? ""
    }

    /// All Pods of a namespace, or of the cluster.
    static func all(_ stored: any StoredObjects, namespace: String? = nil) -> [PodState] {
        stored.objects(.pods, namespace: namespace).map(PodState.init)
    }
}

extension JSONValue {
    /// A condition of a status, by its type.
    func condition(_ type: String) -> JSONValue? { elements("conditions").first { $0.text("type") == type } }

    /// A condition; since when it is what it is comes from the old one where `status` is the same.
    static func condition(
        _ type: String, _ status: String, reason: String = "", message: String = "", old: JSONValue?, now: Timestamp
    ) -> JSONValue {
        let isSame = old?.text("status") == status
        var condition: [String: JSONValue] = [
            "type": .string(type), "status": .string(status),
            "lastTransitionTime": isSame ? old?["lastTransitionTime"] ?? .null : .string(now.text),
        ]
        if !reason.isEmpty { condition["reason"] = .string(reason) }
        if !message.isEmpty { condition["message"] = .string(message) }
        return .object(condition)
    }

    /// A Node whose condition `Ready` is true.
    var isReadyNode: Bool { self["status"]?.condition("Ready")?.text("status") == "True" }
}
