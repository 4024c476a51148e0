import KubernetesObjects

/// Who uses an address. All users are of one sharing group; without one there is a single user.
struct AddressUse: Sendable {
    /// The user of an address that is not shared, which nearly all are.
    private var sole: ObjectKey?
    /// What only an address of a sharing group needs: one element or none. Apart, because a place for it in each of a
    /// hundred thousand uses would cost tens of megabytes.
    private var sharing: [Sharing] = []

    private struct Sharing: Sendable {
        var users: Set<ObjectKey>
        var group: SharingTerms.Group
        /// Whose port is whose.
        var owners: [ServicePort: ObjectKey]
    }

    init(_ key: ObjectKey, _ terms: SharingTerms) {
        guard let group = terms.group else {
            sole = key
            return
        }
        let owners = Dictionary(terms.ports.map { ($0, key) }, uniquingKeysWith: { first, _ in first })
        sharing = [Sharing(users: [key], group: group, owners: owners)]
    }

    /// What its users have in common; nil for an address that is not shared.
    var group: SharingTerms.Group? { sharing.first?.group }

    /// Whose port is whose, of an address of a sharing group.
    var owners: [ServicePort: ObjectKey] { sharing.first?.owners ?? [:] }

    /// True if nobody uses the address.
    var isEmpty: Bool { sole == nil && sharing.allSatisfy(\.users.isEmpty) }

    /// In order of name.
    var users: [ObjectKey] { sole.map { [$0] } ?? sharing.first?.users.sorted() ?? [] }

    /// True if the Service uses the address.
    func has(_ key: ObjectKey) -> Bool { sole == key || sharing.contains { $0.users.contains(key) } }

    /// True if the Service uses the address and nobody else does.
    func isOf(_ key: ObjectKey) -> Bool { sole == key || sharing.contains { $0.users == [key] } }

    /// Another user, of the same group.
    mutating func add(_ key: ObjectKey, _ terms: SharingTerms) {
        if sharing.isEmpty {
            sole = key
            return
        }
        sharing[0].users.insert(key)
        for port in terms.ports { sharing[0].owners[port] = key }
    }

    mutating func remove(_ key: ObjectKey, _ terms: SharingTerms) {
        if sole == key { sole = nil }
        guard !sharing.isEmpty else { return }
        sharing[0].users.remove(key)
        for port in terms.ports where sharing[0].owners[port] == key { sharing[0].owners[port] = nil }
    }
}
