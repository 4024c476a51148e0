package import Addresses

/// An address of an interface.
package struct LinkAddress: Sendable, Hashable {
    package var index: Int32
    package var prefix: IPPrefix
    /// IFA_PROTO; nil where the kernel is older than 5.18 or nobody set it.
    package var protocolNumber: UInt8?
    /// Remaining lifetime in seconds; nil for ever.
    package var validSeconds: UInt32?
    /// IFA_F_…, all 32 bits.
    package var flags: UInt32

    /// An address; by default one that somebody configured for good.
    package init(
        index: Int32, prefix: IPPrefix, protocolNumber: UInt8? = nil, validSeconds: UInt32? = nil, flags: UInt32 = 0x80
    ) {
        self.index = index
        self.prefix = prefix
        self.protocolNumber = protocolNumber
        self.validSeconds = validSeconds
        self.flags = flags
    }

    /// Never expires (IFA_F_PERMANENT): what other software takes for the node's own address.
    package var isPermanent: Bool { flags & 0x80 != 0 }
    /// Past its preferred lifetime (IFA_F_DEPRECATED).
    package var isDeprecated: Bool { flags & 0x20 != 0 }
    /// Came without a route to its prefix (IFA_F_NOPREFIXROUTE).
    package var hasNoPrefixRoute: Bool { flags & 0x200 != 0 }

    /// True if it carries the mark, or, where the kernel keeps no marks of addresses (before 5.18), if it has every
    /// other feature that `KernelChange.setAddress` gives.
    package func isOurs(kernelKeepsMarks: Bool) -> Bool {
        if kernelKeepsMarks { return protocolNumber == KernelOwner.protocolNumber }
        return prefix == IPPrefix(host: prefix.address) && isDeprecated && hasNoPrefixRoute && !isPermanent
    }
}
