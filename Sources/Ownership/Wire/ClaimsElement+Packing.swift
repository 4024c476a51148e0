import Addresses

extension OwnershipElement {
    /// The bytes that the element takes in a datagram, its head included.
    var encodedLength: Int {
        switch self {
        case .name(let name): Self.headLength + name.utf8.count
        case .echo(let entries): Self.headLength + entries.count * Self.echoLength
        case .claims(let claims): ClaimsElement.length(of: claims.changes)
        case .about: Self.headLength + 8
        case .fragment: Self.headLength + 8
        case .handover(let handover):
            Self.headLength + 8 + handover.entries.reduce(0) { $0 + Self.handoverLength($1.vip.family) }
        case .configurationAge, .helloCount: Self.headLength + 4
        case .highestVersion: Self.headLength + 1
        }
    }
}

extension ClaimsElement {
    /// The bytes that elements with these changes take. A change of family begins a new element.
    static func length(of changes: some Sequence<ClaimChange>) -> Int {
        var length = 0
        var family: IPFamily?
        for change in changes {
            if change.vip.family != family { length += OwnershipElement.claimsHeadLength }
            family = change.vip.family
            length += OwnershipElement.claimLength(change.vip.family)
        }
        return length
    }

    /// Appends elements for as many changes as fit in `room` bytes and returns their number. `from` is the version
    /// before the first, or that of the whole table where the changes are no steps but a part of it.
    static func pack(
        _ changes: ArraySlice<ClaimChange>, from: UInt32, isTable: Bool = false, room: Int,
        into elements: inout [OwnershipElement]
    ) -> Int {
        var room = room
        var taken = 0
        var run: [ClaimChange] = []
        func element() -> OwnershipElement {
            let first = isTable ? from : from &+ UInt32(taken - run.count)
            let last = isTable ? from : from &+ UInt32(taken)
            return .claims(ClaimsElement(from: first, to: last, changes: run))
        }
        for change in changes {
            let isNewRun = run.last.map { $0.vip.family != change.vip.family } ?? true
            let cost =
                OwnershipElement.claimLength(change.vip.family) + (isNewRun ? OwnershipElement.claimsHeadLength : 0)
            guard cost <= room else { break }
            if isNewRun && !run.isEmpty {
                elements.append(element())
                run = []
            }
            room -= cost
            run.append(change)
            taken += 1
        }
        if !run.isEmpty { elements.append(element()) }
        return taken
    }
}
