/// What may be wrong with a received UPDATE without ending the session (RFC 7606). Nothing that peers announce is
/// installed, so "treat as withdraw" and "discard the attribute" both mean: count it.
package enum UpdateFault: String, Error, Sendable, Hashable, CaseIterable {
    case attributesOverrun
    case attributeFlags
    case duplicateAttribute
    case unknownAttribute
    case missingMandatory
    case origin
    case asPath
    case nextHop
    case multiExitDiscriminator
    case localPreference
    case aggregation
    case communities
    case reflection
    case onlyToCustomer
    case as4Attribute
    case familyNotNegotiated

    /// True if RFC 7606 lets the routes of the message stand.
    package var keepsRoutes: Bool {
        switch self {
        case .duplicateAttribute, .unknownAttribute, .aggregation, .as4Attribute, .familyNotNegotiated: true
        default: false
        }
    }
}
