package import Addresses

/// A unicast route.
package struct Route: Sendable, Hashable {
    /// The table that is looked at without rules of its own (RT_TABLE_MAIN).
    package static let mainTable: UInt32 = 254

    package var prefix: IPPrefix
    /// The index of the interface that it leaves through; 0 for a route with several next hops.
    package var outputIndex: Int32
    package var preferredSource: IPAddress?
    /// Who made it (`rtm_protocol`).
    package var protocolNumber: UInt8
    package var table: UInt32

    /// A route of the main table, by default with our mark.
    package init(
        prefix: IPPrefix, outputIndex: Int32, preferredSource: IPAddress? = nil,
        protocolNumber: UInt8 = KernelOwner.protocolNumber, table: UInt32 = Route.mainTable
    ) {
        self.prefix = prefix
        self.outputIndex = outputIndex
        self.preferredSource = preferredSource
        self.protocolNumber = protocolNumber
        self.table = table
    }
}
