package import Addresses

/// What marks state in the kernel as Toono's. Everything that carries the mark is Toono's to remove; nothing else is.
package enum KernelOwner {
    /// The routing protocol number of routes (RTA protocol), addresses (IFA_PROTO) and neighbours (NDA_PROTOCOL): a
    /// number that `/etc/iproute2/rt_protos` gives to nobody.
    package static let protocolNumber: UInt8 = 77
    /// The name of the sink: what is routed to it is dropped.
    package static let sinkName = "toono0"
    /// The kinds of device that can be the sink, the better first.
    package static let sinkKinds = ["dummy", "ifb"]
    /// The address on the sink that every VIP route prefers as its source. When its lifetime ends, the kernel removes it
    /// and all of these routes. Link-local, of the node alone, never sent on a link.
    package static let leaseAddress = IPAddress(v4: 0xA9FE_4D01)
}
