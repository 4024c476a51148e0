/// The two address families, named as Kubernetes names them in `spec.ipFamilies`.
package enum IPFamily: String, Sendable, Hashable, Comparable, CaseIterable, Codable {
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"

    /// The number of bits of an address: 32 or 128.
    package var bitWidth: Int { self == .ipv4 ? 32 : 128 }

    package static func < (left: IPFamily, right: IPFamily) -> Bool { left == .ipv4 && right == .ipv6 }
}
