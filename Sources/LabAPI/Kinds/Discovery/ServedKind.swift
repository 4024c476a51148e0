/// A kind in one version, as the API serves it.
struct ServedKind: Sendable {
    static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    /// What `status` and `scale` can do.
    static let partVerbs = ["get", "patch", "update"]

    static let scale = APIResource.Subresource(
        name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: partVerbs)

    let resource: APIResource
    let storage: StorageKey
    /// True for the version in which objects are stored.
    let isStorageVersion: Bool
    /// Changes when objects are stored in another version; nil where that is not told.
    let storageVersionHash: String?
    let behavior: any KindBehavior

    init(
        resource: APIResource, storage: StorageKey, isStorageVersion: Bool, storageVersionHash: String?,
        behavior: any KindBehavior
    ) {
        self.resource = resource
        self.storage = storage
        self.isStorageVersion = isStorageVersion
        self.storageVersionHash = storageVersionHash
        self.behavior = behavior
    }
}
