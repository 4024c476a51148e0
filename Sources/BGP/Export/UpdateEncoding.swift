package import Addresses

/// All that makes the bytes of UPDATE differ between peers: two peers with equal values get the same bytes.
package struct UpdateEncoding: Sendable, Hashable {
    /// The AS that stands in AS_PATH toward external peers.
    package var localAS: UInt32
    /// True toward peers of the same AS: empty path, LOCAL_PREF.
    package var isInternal: Bool
    /// True if AS_PATH has AS numbers of four octets (RFC 6793).
    package var isFourOctet: Bool
    /// The next hop of each family that is sent; other families are not.
    package var nextHops: [IPFamily: NextHop]
    /// True while routers are asked to prefer other paths (RFC 8326): GRACEFUL_SHUTDOWN, and LOCAL_PREF 0.
    package var isDraining: Bool

    /// The terms of a session.
    package init(
        localAS: UInt32, isInternal: Bool, isFourOctet: Bool, nextHops: [IPFamily: NextHop], isDraining: Bool = false
    ) {
        self.localAS = localAS
        self.isInternal = isInternal
        self.isFourOctet = isFourOctet
        self.nextHops = nextHops
        self.isDraining = isDraining
    }
}
