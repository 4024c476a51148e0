import FoundationEssentials

/// Whether the kernel forwards packets (`ip_forward`). Read, never written: the switch is the node's, not ours.
enum Forwarding {
    case on, off
    /// The file cannot be read, as in a container that hides it.
    case unknown

    /// The node's switch for IPv4.
    static var ipv4: Forwarding {
        guard let text = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_forward", encoding: .utf8) else {
            return .unknown
        }
        return text.hasPrefix("0") ? .off : .on
    }
}
