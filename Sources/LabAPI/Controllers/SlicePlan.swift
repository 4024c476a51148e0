import KubernetesObjects

/// How endpoints are laid out in slices: what is in a slice stays there, new endpoints fill slices with room, and at
/// most a hundred stand in one (`--max-endpoints-per-slice`).
struct SlicePlan {
    private static let limit = 100

    /// A slice to be; `existing` is what becomes it.
    struct Slice {
        var existing: JSONValue?
        var ports: [JSONValue]
        var endpoints: [JSONValue]
    }

    private(set) var slices: [Slice] = []
    /// Slices that nothing is left for.
    private(set) var surplus: [JSONValue] = []

    init(existing: [JSONValue], groups: [SliceEndpoints.Group]) {
        var unused = existing
        // A Service without endpoints has one empty slice, so that it is known to have been looked at.
        let wanted = groups.isEmpty ? [SliceEndpoints.Group(ports: [], endpoints: [])] : groups
        for group in wanted {
            let own = unused.filter { $0.elements("ports") == group.ports }
            unused.removeAll { $0.elements("ports") == group.ports }
            fill(group, own)
        }
        // A slice that only changes its ports need not be deleted and made again.
        for index in slices.indices where slices[index].existing == nil && !unused.isEmpty {
            slices[index].existing = unused.removeFirst()
        }
        surplus += unused
    }

    private mutating func fill(_ group: SliceEndpoints.Group, _ own: [JSONValue]) {
        let byPod = Dictionary(
            group.endpoints.map { (Self.identity($0), $0) }, uniquingKeysWith: { first, _ in first })
        var placed: Set<JSONValue> = []
        var filled = own.map { slice in
            let kept = slice.elements("endpoints").map(Self.identity).filter {
                byPod[$0] != nil && placed.insert($0).inserted
            }
            return Slice(existing: slice, ports: group.ports, endpoints: kept.compactMap { byPod[$0] })
        }
        var waiting = group.endpoints.filter { !placed.contains(Self.identity($0)) }[...]
        for index in filled.indices where !waiting.isEmpty {
            let room = max(0, Self.limit - filled[index].endpoints.count)
            filled[index].endpoints += waiting.prefix(room)
            waiting = waiting.dropFirst(room)
        }
        while !waiting.isEmpty {
            filled.append(Slice(existing: nil, ports: group.ports, endpoints: Array(waiting.prefix(Self.limit))))
            waiting = waiting.dropFirst(Self.limit)
        }
        let empty = filled.filter { $0.endpoints.isEmpty }
        filled.removeAll { $0.endpoints.isEmpty }
        if filled.isEmpty {
            filled = [empty.first ?? Slice(existing: nil, ports: group.ports, endpoints: [])]
            surplus += empty.dropFirst().compactMap(\.existing)
        } else {
            surplus += empty.compactMap(\.existing)
        }
        slices += filled
    }

    private static func identity(_ endpoint: JSONValue) -> JSONValue {
        endpoint["targetRef"]?["uid"] ?? .array(endpoint.elements("addresses"))
    }
}
