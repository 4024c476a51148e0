import Addresses
import KubernetesObjects

/// Keeps the EndpointSlices of Services that select Pods (`pkg/controller/endpointslice`). It leaves slices alone that
/// others manage, and Services without selector.
struct EndpointSliceController: LabController {
    private static let manager = "endpointslice-controller.k8s.io"
    private static let managerLabel = "endpointslice.kubernetes.io/managed-by"
    private static let serviceLabel = "kubernetes.io/service-name"
    private static let headlessLabel = "service.kubernetes.io/headless"

    let name = "kube-controller-manager"

    func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        requests(after: [change], stored: stored, now: now)
    }

    func requests(after changes: [StoredChange], stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        var seen: Set<ObjectKey> = []
        var selectors: [String: [Selector]] = [:]
        var requests: [APIRequest] = []
        for change in changes {
            for key in Self.concerned(by: change, stored, &selectors) where seen.insert(key).inserted {
                if let service = stored.object(key) { requests += reconcile(service, stored) }
            }
        }
        return requests
    }

    /// A Service of a namespace with what it selects.
    private struct Selector {
        var key: ObjectKey
        var labels: [String: String]

        static func all(_ stored: any StoredObjects, namespace: String) -> [Selector] {
            stored.objects(.services, namespace: namespace).compactMap { service in
                let labels = service["spec"]?.texts("selector") ?? [:]
                guard !labels.isEmpty else { return nil }
                let key = ObjectKey(storage: .services, namespace: namespace, name: service.metadataText("name"))
                return Selector(key: key, labels: labels)
            }
        }
    }

    /// The Services whose endpoints a change may concern.
    private static func concerned(
        by change: StoredChange, _ stored: any StoredObjects, _ selectors: inout [String: [Selector]]
    ) -> [ObjectKey] {
        let namespace = change.key.namespace
        switch change.key.storage {
        case .services:
            // A status says nothing about endpoints.
            if let old = change.old, old["spec"] == change.object["spec"],
                old["metadata"]?["labels"] == change.object["metadata"]?["labels"]
            {
                return []
            }
            return [change.key]
        case .pods:
            let known = selectors[namespace] ?? Selector.all(stored, namespace: namespace)
            selectors[namespace] = known
            let labels = [change.old, change.object].compactMap(\.self).map { $0["metadata"]?.texts("labels") ?? [:] }
            return known.filter { selector in
                labels.contains { labels in selector.labels.allSatisfy { labels[$0.key] == $0.value } }
            }.map(\.key)
        case .endpointSlices:
            let labels = change.object["metadata"]?.texts("labels") ?? [:]
            guard labels[managerLabel] == manager, let service = labels[serviceLabel] else { return [] }
            return [ObjectKey(storage: .services, namespace: namespace, name: service)]
        default: return []
        }
    }

    private func reconcile(_ service: JSONValue, _ stored: any StoredObjects) -> [APIRequest] {
        let spec = service["spec"] ?? [:]
        let selector = spec.texts("selector")
        let namespace = service.metadataText("namespace")
        guard !selector.isEmpty, spec.text("type") != "ExternalName", !service.isBeingDeleted else { return [] }
        let pods = PodState.all(stored, namespace: namespace).filter { pod in
            selector.allSatisfy { pod.labels[$0.key] == $0.value } && !pod.isOver
        }
        let existing = stored.objects(.endpointSlices, namespace: namespace).filter { slice in
            let labels = slice["metadata"]?.texts("labels") ?? [:]
            return labels[Self.serviceLabel] == service.metadataText("name")
                && labels[Self.managerLabel] == Self.manager && !slice.isBeingDeleted
        }
        let families = spec.textList("ipFamilies")
        var requests: [APIRequest] = []
        for family in families {
            let own = existing.filter { $0.text("addressType") == family }
            let groups = SliceEndpoints.groups(service, pods, family, stored)
            let plan = SlicePlan(existing: own, groups: groups)
            requests += plan.slices.compactMap { slice in
                write(slice, service, family, isHeadless: spec.isHeadless)
            }
            requests += plan.surplus.map { .delete(Self.key($0)) }
        }
        // A family that the Service no longer has.
        requests += existing.filter { !families.contains($0.text("addressType")) }.map { .delete(Self.key($0)) }
        return requests
    }

    private static func key(_ slice: JSONValue) -> ObjectKey {
        ObjectKey(
            storage: .endpointSlices, namespace: slice.metadataText("namespace"), name: slice.metadataText("name"))
    }

    /// Nil for a slice that is already what it should be.
    private func write(
        _ slice: SlicePlan.Slice, _ service: JSONValue, _ family: String, isHeadless: Bool
    ) -> APIRequest? {
        var labels = service["metadata"]?.texts("labels") ?? [:]
        labels[Self.serviceLabel] = service.metadataText("name")
        labels[Self.managerLabel] = Self.manager
        labels[Self.headlessLabel] = isHeadless ? "" : nil
        var object =
            slice.existing ?? [
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": .string(family),
            ]
        object["endpoints"] = slice.endpoints.isEmpty ? .null : .array(slice.endpoints)
        object["ports"] = slice.ports.isEmpty ? nil : .array(slice.ports)
        object.changeMetadata { metadata in
            metadata["labels"] = .object(labels.mapValues(JSONValue.string))
            guard slice.existing == nil else { return }
            metadata["generateName"] = .string("\(service.metadataText("name"))-")
            metadata["ownerReferences"] = [
                [
                    "apiVersion": "v1", "kind": "Service", "name": .string(service.metadataText("name")),
                    "uid": .string(service.metadataText("uid")), "controller": true, "blockOwnerDeletion": true,
                ]
            ]
        }
        guard let existing = slice.existing else {
            return .create(object, in: service.metadataText("namespace"), .endpointSlices)
        }
        let isSame =
            existing.elements("endpoints") == object.elements("endpoints")
            && existing.elements("ports") == object.elements("ports")
            && existing["metadata"]?["labels"] == object["metadata"]?["labels"]
        return isSame ? nil : .replace(Self.key(existing), object)
    }
}
