import Addresses
import FoundationEssentials

/// Whether the kernel forwards packets. Read, never written: the switches are the node's, not ours.
enum Forwarding {
    /// The families whose packets from a link the kernel does not forward. A switch that cannot be read, as in a container
    /// that hides it or a kernel without the family, is taken for on: what it stops shows elsewhere.
    static func unforwarded(from link: String) -> Set<IPFamily> {
        // A route lookup asks the link that a packet came from (`IN_DEV_FORWARD`); `ip6_forward` asks `all` only.
        let switches: [(IPFamily, String)] = [
            (.ipv4, "ipv4/conf/\(link)/forwarding"), (.ipv6, "ipv6/conf/all/forwarding"),
        ]
        return Set(switches.filter { isOff($0.1) }.map(\.0))
    }

    private static func isOff(_ path: String) -> Bool {
        (try? String(contentsOfFile: "/proc/sys/net/\(path)", encoding: .utf8))?.hasPrefix("0") == true
    }
}
