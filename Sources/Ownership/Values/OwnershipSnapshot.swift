package import Addresses

/// What a machine remembers across a restart, to be written to disk by whoever keeps files.
package struct OwnershipSnapshot: Sendable, Hashable, Codable {
    /// One VIP.
    package struct Entry: Sendable, Hashable, Codable {
        /// The VIP.
        package var vip: IPAddress
        /// The highest epoch seen of it.
        package var seen: UInt32
        /// The epoch of the node's own claim; nil if it had none.
        package var own: UInt32?
        /// True if the node's configuration deleted it while the node owned it, less than a day ago.
        package var isDeleted: Bool

        /// An entry.
        package init(vip: IPAddress, seen: UInt32, own: UInt32?, isDeleted: Bool = false) {
            self.vip = vip
            self.seen = seen
            self.own = own
            self.isDeleted = isDeleted
        }
    }

    /// Another member of the link.
    package struct Member: Sendable, Hashable, Codable {
        /// Its node's name.
        package var nodeName: String
        /// The address that its hellos came from.
        package var address: IPAddress

        /// A member.
        package init(nodeName: String, address: IPAddress) {
            self.nodeName = nodeName
            self.address = address
        }
    }

    /// VIPs, sorted by address.
    package var entries: [Entry]
    /// Members that were heard both ways, sorted by name.
    package var members: [Member]

    /// A snapshot; empty for a node that remembers nothing.
    package init(entries: [Entry] = [], members: [Member] = []) {
        self.entries = entries
        self.members = members
    }
}
