package import Addresses
import Glibc

/// One change of the kernel's state. All that can carry one gets `KernelOwner.protocolNumber`.
///
/// To add what is there already, or to remove what is gone, is no failure: the state is as wanted.
package enum KernelChange: Sendable, Hashable {
    /// A host route to an interface, with a preferred source where one is given.
    case addRoute(IPAddress, outputIndex: Int32, source: IPAddress?)
    case removeRoute(IPAddress, outputIndex: Int32)
    /// Removes a route of ours as it was read, whatever its table, length and interface.
    case dropRoute(Route)
    case addProxy(IPAddress, index: Int32)
    case removeProxy(IPAddress, index: Int32)
    /// Adds an address that expires by itself, or renews it. Without prefix route, without duplicate address detection,
    /// deprecated (preferred lifetime 0), so that the node never takes it for one of its own; and of link scope (IPv4), so
    /// that the kernel never chooses it as the source of a packet that leaves by a gateway.
    case setAddress(IPAddress, index: Int32, validSeconds: UInt32)
    case removeAddress(IPPrefix, index: Int32)
    case addLink(name: String, kind: String)
    case setLinkUp(index: Int32)
    case removeLink(index: Int32)
    /// How long the kernel waits, at random up to this many milliseconds, before it answers for a proxy entry.
    case setProxyDelay(index: Int32, milliseconds: UInt64, family: IPFamily)
}

extension KernelChange: CustomStringConvertible {
    package var description: String {
        switch self {
        case .addRoute(let address, let index, let source):
            "add route \(address) dev \(index)" + (source.map { " src \($0)" } ?? "")
        case .removeRoute(let address, let index): "remove route \(address) dev \(index)"
        case .dropRoute(let route): "remove route \(route.prefix) dev \(route.outputIndex) table \(route.table)"
        case .addProxy(let address, let index): "add proxy neighbour \(address) dev \(index)"
        case .removeProxy(let address, let index): "remove proxy neighbour \(address) dev \(index)"
        case .setAddress(let address, let index, let seconds): "set address \(address) dev \(index) valid \(seconds) s"
        case .removeAddress(let prefix, let index): "remove address \(prefix) dev \(index)"
        case .addLink(let name, let kind): "add link \(name) of kind \(kind)"
        case .setLinkUp(let index): "set link \(index) up"
        case .removeLink(let index): "remove link \(index)"
        case .setProxyDelay(let index, let milliseconds, _): "set proxy_delay of link \(index) to \(milliseconds) ms"
        }
    }

    /// Error numbers that mean the state is as wanted already. EEXIST for a route is not among them: the route that
    /// exists may be somebody else's.
    var harmless: Set<Int32> {
        switch self {
        case .addProxy, .addLink: [EEXIST]
        case .removeRoute, .dropRoute: [ESRCH, ENODEV]
        case .removeProxy: [ENOENT, ESRCH, ENXIO, ENODEV]
        case .removeAddress: [EADDRNOTAVAIL, ENODEV]
        case .removeLink: [ENODEV]
        case .addRoute, .setAddress, .setLinkUp, .setProxyDelay: []
        }
    }
}

/// A change that the kernel refused; the others of the batch were made all the same.
package struct KernelChangeFailure: Error, Sendable, Hashable {
    /// The position in the list of changes.
    package var position: Int
    package var error: KernelError
}
