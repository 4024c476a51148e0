package import Addresses

/// An address that the kernel answers for on a link without owning it.
package struct ProxyNeighbor: Sendable, Hashable {
    package var index: Int32
    package var address: IPAddress
    /// NDA_PROTOCOL; nil where nobody set it.
    package var protocolNumber: UInt8?

    /// An entry, by default with our mark.
    package init(index: Int32, address: IPAddress, protocolNumber: UInt8? = KernelOwner.protocolNumber) {
        self.index = index
        self.address = address
        self.protocolNumber = protocolNumber
    }
}
