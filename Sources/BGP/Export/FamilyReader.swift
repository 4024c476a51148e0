/// How far a peer has come in the routes of one family.
struct FamilyReader: Sendable {
    /// The last change that was read, by group.
    private var positions: [UInt64] = []
    /// The routes that the peer was told of and that were not withdrawn from it.
    var sent = SlotSet()

    func position(in group: Int) -> UInt64 { group < positions.count ? positions[group] : 0 }

    mutating func advance(to change: UInt64, in group: Int) {
        while positions.count <= group { positions.append(0) }
        positions[group] = change
    }

    /// Goes back to the beginning of all that is announced. Withdrawals stay where they are: nobody needs them twice.
    mutating func rewind() {
        positions = [position(in: RouteGroup.withdrawn)]
    }
}

/// A group is an attribute set, or the routes that are withdrawn.
enum RouteGroup {
    /// The group of withdrawn routes; attribute sets have higher numbers.
    static let withdrawn = 0
}
