import Addresses
import KubernetesObjects

/// The addresses of a Node's Pods: from its `podCIDRs`, one of each, the lowest free one from the second host on (the
/// first is the bridge's); the Node's own for Pods in the host's network.
struct PodAddressing {
    private let ranges: [IPPrefix]
    private let hostAddresses: [IPAddress]
    private var taken: Set<IPAddress>

    /// `pods` are those of the whole cluster: ranges may overlap by mistake, addresses must not.
    init(_ node: JSONValue, _ pods: [PodState]) {
        ranges = (node["spec"]?.textList("podCIDRs") ?? []).compactMap { IPPrefix($0) }
        hostAddresses = (node["status"]?.elements("addresses") ?? []).filter { $0.text("type") == "InternalIP" }
            .compactMap { IPAddress($0.text("address")) }
        taken = Set(pods.filter { !$0.isOver && !$0.usesHostNetwork }.flatMap(\.addresses))
    }

    /// None where the Node has no range, or one of its ranges is used up.
    mutating func take(for pod: PodState) -> [IPAddress] {
        if pod.usesHostNetwork { return hostAddresses }
        let found = ranges.compactMap(free)
        guard found.count == ranges.count else { return [] }
        taken.formUnion(found)
        return found
    }

    private func free(in range: IPPrefix) -> IPAddress? {
        let bounds = range.range
        // The last address of an IPv4 range is its broadcast address.
        let end = range.address.family == .ipv4 ? bounds.upper : bounds.upper &+ 1
        guard bounds.upper - bounds.lower > 2 else { return nil }
        var bits = bounds.lower + 2
        while bits != end {
            guard let address = IPAddress(family: bounds.family, bits: bits) else { return nil }
            if !taken.contains(address) { return address }
            bits += 1
        }
        return nil
    }
}
