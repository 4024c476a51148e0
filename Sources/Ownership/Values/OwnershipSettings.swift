package import Addresses

/// The figures of one link's machine; all but the first two have the protocol's defaults.
package struct OwnershipSettings: Sendable, Hashable {
    /// The node's name in Kubernetes, 1 to 253 bytes of UTF-8.
    package var nodeName: String
    /// The MAC address of the link's interface.
    package var mac: MACAddress
    /// The versions of the protocol that are spoken.
    package var versions: ClosedRange<UInt8> = 1...1

    /// Between two hellos: 10 ms to 1 s.
    package var helloInterval: Duration = .milliseconds(100)
    /// Hello intervals of silence that make a member suspicious to death: 3 to 10.
    package var multiplier = 3
    /// Between two hellos of a member that owns nothing, where the budget forbids more: 100 ms to 5 s.
    package var slowInterval: Duration = .seconds(1)
    /// Hellos a second that a member shall receive at most: 100 to 5000.
    package var helloBudget = 500
    /// What one place in the order of candidates waits longer than the place before: 1 to 250 ms.
    package var slot: Duration = .milliseconds(20)
    /// How long answers to a probe are waited for: 10 ms to 1 s.
    package var probe: Duration = .milliseconds(50)
    /// How long the kernel goes on answering without a refresh: 3 to 30 s.
    package var lease: Duration = .seconds(4)
    /// How long before the end of a silent member's lease its VIPs are taken: 1.1 s to half of the lease.
    package var overlap: Duration = .milliseconds(1500)
    /// The lease that bridges a restart of the speaker: 10 to 120 s.
    package var restartLease: Duration = .seconds(30)
    /// Listening after a start with an empty kernel: 0.3 to 10 s.
    package var coldListening: Duration = .seconds(1)
    /// Listening after a start with VIPs in the kernel: 0.3 to 10 s.
    package var adoptingListening: Duration = .milliseconds(300)
    /// How long an owner goes on answering after its successor announced: 0.2 to 10 s.
    package var linger: Duration = .seconds(1)
    /// True where multicast does not pass: each hello then goes to each known member by unicast too.
    package var sendsUnicastHellos = false
    /// The gateway on this link, which is asked to tell whether anything is heard; nil if there is none.
    package var gateway: IPAddress?

    /// Default figures for a node.
    package init(nodeName: String, mac: MACAddress) {
        self.nodeName = nodeName
        self.mac = mac
    }

    /// How long peers leave its VIPs to a member that said RESTARTING: 5 s less than its lease.
    var restartHold: Duration { restartLease - .seconds(5) }
    /// Between two refreshes of the lease.
    var leaseRefresh: Duration { lease / 4 }
}

/// A figure that the protocol does not allow.
package struct OwnershipSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the figure in `OwnershipSettings`.
    package let name: String
    /// What it may be.
    package let allowed: String

    package var description: String { "\(name) must be \(allowed)" }
}

extension OwnershipSettings {
    /// Throws the first figure that is out of its range.
    package func validate() throws(OwnershipSettingsError) {
        func check(_ isAllowed: Bool, _ name: String, _ allowed: String) throws(OwnershipSettingsError) {
            guard isAllowed else { throw OwnershipSettingsError(name: name, allowed: allowed) }
        }
        try check((1...253).contains(nodeName.utf8.count), "nodeName", "1 to 253 bytes long")
        try check((.milliseconds(10) ... .seconds(1)).contains(helloInterval), "helloInterval", "10 ms to 1 s")
        try check((3...10).contains(multiplier), "multiplier", "3 to 10")
        try check((.milliseconds(100) ... .seconds(5)).contains(slowInterval), "slowInterval", "100 ms to 5 s")
        try check((100...5000).contains(helloBudget), "helloBudget", "100 to 5000 a second")
        try check((.milliseconds(1) ... .milliseconds(250)).contains(slot), "slot", "1 to 250 ms")
        try check((.milliseconds(10) ... .seconds(1)).contains(probe), "probe", "10 ms to 1 s")
        try check((.seconds(3) ... .seconds(30)).contains(lease), "lease", "3 to 30 s")
        try check((.milliseconds(1100)...lease / 2).contains(overlap), "overlap", "1.1 s to half of the lease")
        try check((.seconds(10) ... .seconds(120)).contains(restartLease), "restartLease", "10 to 120 s")
        try check((.milliseconds(300) ... .seconds(10)).contains(coldListening), "coldListening", "0.3 to 10 s")
        try check((.milliseconds(300) ... .seconds(10)).contains(adoptingListening), "adoptingListening", "0.3 to 10 s")
        try check((.milliseconds(200) ... .seconds(10)).contains(linger), "linger", "0.2 to 10 s")
    }
}
