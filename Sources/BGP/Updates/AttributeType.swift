/// The path attributes that are known here, by their numbers.
enum AttributeType: UInt8, Sendable, Hashable {
    case origin = 1
    case asPath = 2
    case nextHop = 3
    case multiExitDiscriminator = 4
    case localPreference = 5
    case atomicAggregate = 6
    case aggregator = 7
    case communities = 8
    case originatorID = 9
    case clusterList = 10
    case reachable = 14
    case unreachable = 15
    case extendedCommunities = 16
    case as4Path = 17
    case as4Aggregator = 18
    case ipv6ExtendedCommunities = 25
    case largeCommunities = 32
    case onlyToCustomer = 35

    /// Set in the flags of attributes that not every speaker knows.
    static let optional: UInt8 = 0x80
    /// Set in the flags of attributes that are passed on by those who do not know them.
    static let transitive: UInt8 = 0x40
    /// Set in the flags where the length has two octets.
    static let extendedLength: UInt8 = 0x10

    /// The optional and transitive flags that the attribute must have.
    var flags: UInt8 {
        switch self {
        case .origin, .asPath, .nextHop, .localPreference, .atomicAggregate: Self.transitive
        case .multiExitDiscriminator, .originatorID, .clusterList, .reachable, .unreachable: Self.optional
        case .aggregator, .communities, .extendedCommunities, .as4Path, .as4Aggregator, .ipv6ExtendedCommunities,
            .largeCommunities, .onlyToCustomer:
            Self.optional | Self.transitive
        }
    }
}
