/// Where the controllers find what they look at.
extension StorageKey {
    static let namespaces = StorageKey(group: "", plural: "namespaces")
    static let pods = StorageKey(group: "", plural: "pods")
    static let nodes = StorageKey(group: "", plural: "nodes")
    static let services = StorageKey(group: "", plural: "services")
    static let deployments = StorageKey(group: "apps", plural: "deployments")
    static let endpointSlices = StorageKey(group: "discovery.k8s.io", plural: "endpointslices")
}
