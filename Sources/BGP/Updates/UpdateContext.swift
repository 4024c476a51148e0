/// What of the session decides how an UPDATE is read.
package struct UpdateContext: Sendable, Hashable {
    /// True if both ends are of one AS.
    package var isInternal: Bool
    /// True if AS_PATH has AS numbers of four octets (RFC 6793).
    package var isFourOctet: Bool
    /// The families that both ends offered.
    package var families: Set<AddressFamily>
    /// The AS that must stand first in what an external peer sends.
    package var peerAS: UInt32

    /// The terms of a session.
    package init(isInternal: Bool, isFourOctet: Bool, families: Set<AddressFamily>, peerAS: UInt32) {
        self.isInternal = isInternal
        self.isFourOctet = isFourOctet
        self.families = families
        self.peerAS = peerAS
    }
}
