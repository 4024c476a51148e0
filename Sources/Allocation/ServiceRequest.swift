package import Addresses
package import KubernetesObjects

/// What a Service of ours asks for and what it says that it has.
package struct ServiceRequest: Sendable, Hashable {
    package var key: ObjectKey
    /// Of the Service's namespace; nil while the namespace is not known, which no selector matches.
    package var namespaceLabels: [String: String]?
    package var labels: [String: String]
    /// The families of the cluster addresses, the primary first; never empty.
    package var families: [IPFamily]
    /// True if one address is not enough (`ipFamilyPolicy: RequireDualStack`).
    package var requiresDualStack: Bool
    /// How many addresses of each of its families the Service is to have, 1 or more. The first of each are what it must
    /// have; the others come as far as the pool of the first has them.
    package var addressesPerFamily: Int
    package var wish: Wish
    /// The node pool that the addresses are for; nil for a Service that no node pool has for itself.
    package var nodePool: NodePoolFacts?
    package var terms: SharingTerms
    /// What the Service's status lists.
    package var status: StatusAddresses
    /// RFC 3339; older Services come first where the order is free.
    package var created: String

    package init(
        key: ObjectKey, families: [IPFamily] = [.ipv4], wish: Wish = .automatic, terms: SharingTerms = SharingTerms(),
        status: StatusAddresses = StatusAddresses()
    ) {
        self.key = key
        self.families = families
        self.wish = wish
        self.terms = terms
        self.status = status
        labels = [:]
        requiresDualStack = false
        addressesPerFamily = 1
        created = ""
    }

    /// A node pool as far as it decides which addresses are for it.
    package struct NodePoolFacts: Sendable, Hashable {
        package var name: String
        /// Of the NodePool; nil if it is not known.
        package var labels: [String: String]?

        package init(_ name: String, labels: [String: String]? = nil) {
            self.name = name
            self.labels = labels
        }
    }

    /// Which addresses the Service wants.
    package enum Wish: Sendable, Hashable {
        /// Any, from pools that assign automatically.
        case automatic
        /// Any of one pool.
        case pool(String)
        /// Exactly these, and of that pool where it is named too.
        case addresses([IPAddress], pool: String?)
        /// The Service's words are not understood; it keeps what it has.
        case unreadable(AllocationRefusal)
    }

    /// The entries of `status.loadBalancer.ingress`.
    package struct StatusAddresses: Sendable, Hashable {
        /// In the order of the status.
        package var addresses: [IPAddress]
        /// True if there are entries that no address of ours can be: a host name, text that is no address.
        package var hasForeignEntries: Bool

        package init(_ addresses: [IPAddress] = [], hasForeignEntries: Bool = false) {
            self.addresses = addresses
            self.hasForeignEntries = hasForeignEntries
        }

        /// True if nothing is listed.
        package var isEmpty: Bool { addresses.isEmpty && !hasForeignEntries }

        /// True if the status lists exactly these addresses, in whatever order.
        package func lists(_ others: [IPAddress]) -> Bool {
            !hasForeignEntries && addresses.count == others.count && others.allSatisfy(addresses.contains)
        }
    }
}
