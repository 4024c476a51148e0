/// Why a session is ended though nothing is wrong with it: the subcodes of Cease (RFC 4486, RFC 8538, RFC 9384).
package enum CeaseReason: UInt8, Sendable, Hashable, CaseIterable {
    case maximumPrefixes = 1
    case administrativeShutdown = 2
    case peerDeconfigured = 3
    case administrativeReset = 4
    case connectionRejected = 5
    case otherConfigurationChange = 6
    case connectionCollision = 7
    case outOfResources = 8
    case hardReset = 9
    case bfdDown = 10

    /// True if a text for the operator may follow (RFC 9003 2).
    var carriesCommunication: Bool { self == .administrativeShutdown || self == .administrativeReset }
}
