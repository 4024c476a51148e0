package import Addresses
package import KubernetesObjects

extension Configuration {
    /// A router to hold a session with: a `BGPPeer`, checked and with its BFD profile found.
    package struct Peer: Sendable, Hashable {
        package var name: String
        /// The AS of the own end.
        package var myASN: UInt32
        package var remoteAS: RemoteAS
        /// Shown to the peer in place of `myASN`, in OPEN and in AS_PATH.
        package var localASN: UInt32?
        package var endpoint: Endpoint
        package var sourceAddress: IPAddress?
        package var port: UInt16
        /// What to propose, in whole seconds; zero for a session without keepalives (RFC 4271 4.2).
        package var holdTime: Duration
        /// At most this between keepalives; nil for a third of the hold time agreed on.
        package var keepaliveTime: Duration?
        /// Between attempts to connect, in whole seconds; nil for the speaker's default.
        package var connectTime: Duration?
        /// An IPv4 address; nil for one that the speaker chooses.
        package var routerID: IPAddress?
        /// Any of these must match a node's labels; none means every node.
        package var nodeSelectors: [LabelSelector]
        package var authentication: Authentication
        package var bfdProfile: BFDProfile?
        package var isGracefulRestartEnabled: Bool
        package var isMultiHop: Bool
        package var vrf: String?
        /// True if both families travel over the session.
        package var isDualStack: Bool
    }

    /// Which AS numbers the other end may have.
    package enum RemoteAS: Sendable, Hashable {
        case number(UInt32)
        /// The own one only.
        case `internal`
        /// Any but the own one.
        case external
    }

    /// Where the other end is.
    package enum Endpoint: Sendable, Hashable {
        /// The zone, an interface, is given for link-local addresses only.
        case address(IPAddress, zone: String?)
        /// Found on an interface: an unnumbered session.
        case interface(String)
    }

    /// How the session is protected (TCP MD5, RFC 2385).
    package enum Authentication: Sendable, Hashable {
        case none
        case password(String)
        /// The name of a Secret of type `kubernetes.io/basic-auth` in the load balancer's namespace. Who opens the
        /// session reads it, so that no password is part of a configuration that is compared, logged or stored.
        case secret(name: String)
    }

    /// Settings of BFD sessions: a `BFDProfile`, checked and with the defaults of FRR filled in.
    package struct BFDProfile: Sendable, Hashable {
        package var name: String
        package var receiveInterval: Duration
        package var transmitInterval: Duration
        package var echoInterval: Duration
        /// 2 to 255
        package var detectMultiplier: UInt8
        package var isEchoEnabled: Bool
        package var isPassive: Bool
        /// The least TTL of packets from peers more than one hop away, 1 to 254.
        package var minimumTTL: UInt8
    }

    /// Which pools are made known by BGP, and how: a `BGPAdvertisement`, checked and with its references resolved.
    package struct BGPAdvertisement: Sendable, Hashable {
        package var name: String
        package var pools: Set<String>
        /// 1 to 32
        package var aggregationLength: Int
        /// 0 to 128
        package var aggregationLengthV6: Int
        /// nil where none is given; 0 counts as none.
        package var localPref: UInt32?
        package var communities: Set<BGPCommunity>
        /// Any of these must match a node's labels; none means every node.
        package var nodeSelectors: [LabelSelector]
        /// Names of peers; nil means all. May be empty, or hold names that no peer has.
        package var peers: Set<String>?
        /// Any of these must match a Service's labels; none means every Service.
        package var serviceSelectors: [LabelSelector]
    }
}
