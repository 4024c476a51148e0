package import Addresses

/// Addresses that Services get their cluster IPs from (kube-apiserver's `--service-cluster-ip-range`).
package struct ServiceRange: Sendable, Hashable {
    package let prefix: IPPrefix

    package init(_ prefix: IPPrefix) { self.prefix = prefix }

    /// Reads `10.96.0.0/12`; nil for anything that is no network.
    package init?(_ text: String) {
        guard let prefix = IPPrefix(text), !prefix.hasHostBits else { return nil }
        self.prefix = prefix
    }

    /// What kubeadm uses, one of each family.
    package static let kubeadm: [ServiceRange] = ["10.96.0.0/12", "fd00:10:96::/112"].compactMap(ServiceRange.init)

    var family: String { prefix.address.family.rawValue }

    /// A free address. The network's own address and IPv4's broadcast address are never given; the first host address
    /// is kept for the API server. Tries at random first, then in order, so that it finds one if there is any.
    func free(_ random: inout some RandomNumberGenerator, isTaken: (String) -> Bool) -> String? {
        let range = prefix.range
        let last = prefix.address.family == .ipv4 ? range.upper - 1 : range.upper
        let first = range.lower + 2
        guard first <= last else { return nil }
        // As with kube-apiserver's allocator, at most the first 2^16 addresses of an IPv6 range.
        let bound = min(last, first + (prefix.address.family == .ipv4 ? last - first : 0xFFFD))
        func text(_ bits: UInt128) -> String? { IPAddress(family: prefix.address.family, bits: bits)?.description }
        for _ in 0..<64 {
            if let found = text(UInt128.random(in: first...bound, using: &random)), !isTaken(found) { return found }
        }
        var next = first
        while next <= bound {
            if let found = text(next), !isTaken(found) { return found }
            next += 1
        }
        return nil
    }
}
