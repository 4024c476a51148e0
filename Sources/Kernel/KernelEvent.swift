/// What the kernel tells of changes, by whomever. Only that something changed: the state is read anew, because events and
/// dumps race and some losses have no event at all.
package enum KernelEvent: Sendable, Hashable {
    /// An interface came, went or changed.
    case link(index: Int32)
    /// An address came, went or was renewed; `isOurs` for one that carries our protocol number.
    case address(index: Int32, isOurs: Bool, isRemoval: Bool)
    /// A route with our protocol number was removed.
    case routeRemoved(Route)
    /// Forwarding was switched, for one interface or for all.
    case forwarding
    /// Events were lost: everything must be read again.
    case overrun
}

extension KernelEvent {
    /// The event that a message of the event socket means; nil for what nobody here waits for.
    init?(_ message: MessageReader.Message) {
        switch Int(message.type) {
        case RTMessage.newLink, RTMessage.delLink:
            // A port that leaves a bridge is told as a deletion of family AF_BRIDGE: no link is gone.
            guard let family = message.payload.integer(UInt8.self, at: 0),
                let index = message.payload.integer(Int32.self, at: 4),
                family != 7 || Int(message.type) == RTMessage.newLink
            else { return nil }
            self = .link(index: index)
        case RTMessage.newAddress, RTMessage.delAddress:
            guard let address = LinkAddress(message: message.payload) else { return nil }
            self = .address(
                index: address.index, isOurs: address.protocolNumber == KernelOwner.protocolNumber,
                isRemoval: Int(message.type) == RTMessage.delAddress)
        case RTMessage.delRoute:
            guard let route = Route(message: message.payload), route.protocolNumber == KernelOwner.protocolNumber else {
                return nil
            }
            self = .routeRemoved(route)
        case RTMessage.newNetconf: self = .forwarding
        default: return nil
        }
    }
}
