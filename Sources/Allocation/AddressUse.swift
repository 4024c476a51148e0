import KubernetesObjects

/// Who uses an address. All users are of one sharing group; without one there is a single user.
struct AddressUse: Sendable {
    /// The user, while there is one: nearly every address has one, and a set each would cost memory.
    private var sole: ObjectKey?
    /// The users, once there have been several.
    private var several: Set<ObjectKey> = []
    var group: SharingTerms.Group?
    /// Whose port is whose; kept for addresses of a sharing group only.
    var owners: [ServicePort: ObjectKey]

    init(_ key: ObjectKey, _ terms: SharingTerms) {
        sole = key
        group = terms.group
        owners = [:]
        if group != nil { for port in terms.ports { owners[port] = key } }
    }

    /// True if nobody uses the address.
    var isEmpty: Bool { sole == nil && several.isEmpty }

    /// In order of name.
    var users: [ObjectKey] { sole.map { [$0] } ?? several.sorted() }

    /// True if the Service uses the address.
    func has(_ key: ObjectKey) -> Bool { sole == key || several.contains(key) }

    /// True if the Service uses the address and nobody else does.
    func isOf(_ key: ObjectKey) -> Bool { sole == key || (several.count == 1 && several.contains(key)) }

    mutating func add(_ key: ObjectKey, _ terms: SharingTerms) {
        if let present = sole { several.insert(present) }
        sole = nil
        several.insert(key)
        for port in terms.ports { owners[port] = key }
    }

    mutating func remove(_ key: ObjectKey, _ terms: SharingTerms) {
        if sole == key { sole = nil }
        several.remove(key)
        for port in terms.ports where owners[port] == key { owners[port] = nil }
    }
}
