import Addresses
import KubernetesObjects

/// Keeps the Service `kubernetes` of the namespace `default`, as kube-apiserver does for itself: at the first address of
/// the first service range. It has no endpoints, as nothing in the lab is reached through it.
struct APIServerService: LabController {
    private static let key = ObjectKey(storage: .services, namespace: "default", name: "kubernetes")

    let name = "kube-apiserver"
    private let service: JSONValue?

    init(range: ServiceRange?) {
        let address = range.flatMap { IPAddress(family: $0.prefix.address.family, bits: $0.prefix.range.lower + 1) }
        service = address.map { address in
            [
                "apiVersion": "v1", "kind": "Service",
                "metadata": [
                    "name": "kubernetes", "namespace": "default",
                    "labels": ["component": "apiserver", "provider": "kubernetes"],
                ],
                "spec": [
                    "type": "ClusterIP", "clusterIP": .string(address.description), "ipFamilyPolicy": "SingleStack",
                    "sessionAffinity": "None",
                    "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443]],
                ],
            ]
        }
    }

    func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        guard let service else { return [] }
        let isDue =
            switch change.key {
            case ObjectKey(storage: .namespaces, namespace: "", name: Self.key.namespace): change.kind == .added
            case Self.key: change.kind == .deleted
            default: false
            }
        guard isDue, stored.object(Self.key) == nil else { return [] }
        return [.create(service, in: Self.key.namespace, .services)]
    }
}
