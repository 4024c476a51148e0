import KubernetesObjects

/// One request to one kind, with everything known about it before it is carried out.
struct Call: Sendable {
    let request: APIRequest
    let target: RequestTarget
    let resource: APIResource
    let storage: StorageKey
    let behavior: any KindBehavior
    let user: User
    let now: Timestamp

    /// The named object.
    func key(_ name: String) -> ObjectKey {
        ObjectKey(storage: storage, namespace: target.namespace ?? "", name: name)
    }

    /// The refusal for a missing object.
    func notFound(_ name: String) -> APIStatus {
        .notFound(group: resource.group, plural: resource.plural, name: name)
    }

    /// The conflict of a stale or mistaken write.
    func conflict(_ name: String, _ because: String) -> APIStatus {
        .conflict(group: resource.group, plural: resource.plural, name: name, because: because)
    }

    /// True where `status` has a path of its own, so that other writes leave it alone.
    var hasStatusSubresource: Bool { resource.subresources.contains { $0.name == "status" } }
}
