import KubernetesObjects

/// Who uses an address. All users are of one sharing group; without one there is a single user.
struct AddressUse: Sendable {
    var users: [ObjectKey]
    var group: SharingTerms.Group?
    /// Whose port is whose; kept for addresses of a sharing group only.
    var owners: [ServicePort: ObjectKey]

    init(_ key: ObjectKey, _ terms: SharingTerms) {
        users = [key]
        group = terms.group
        owners = [:]
        if group != nil { for port in terms.ports { owners[port] = key } }
    }

    mutating func add(_ key: ObjectKey, _ terms: SharingTerms) {
        users.append(key)
        for port in terms.ports { owners[port] = key }
    }

    mutating func remove(_ key: ObjectKey, _ terms: SharingTerms) {
        users.removeAll { $0 == key }
        for port in terms.ports where owners[port] == key { owners[port] = nil }
    }
}
