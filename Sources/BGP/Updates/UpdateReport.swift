/// What a received UPDATE held. Its routes are counted and dropped: a load balancer's speaker learns none.
package struct UpdateReport: Sendable, Hashable {
    /// Routes announced, by family.
    package var announced: [AddressFamily: Int] = [:]
    /// Routes withdrawn, by family.
    package var withdrawn: [AddressFamily: Int] = [:]
    /// Set if the message is an End-of-RIB marker (RFC 4724 2).
    package var endOfRIB: AddressFamily?
    /// In the order in which they were found.
    package var faults: [UpdateFault] = []

    /// True if the announced routes count as withdrawn (RFC 7606 2).
    package var isTreatedAsWithdraw: Bool { faults.contains { !$0.keepsRoutes } }

    /// Reads the body of an UPDATE. Errors are only those after which the session cannot go on (RFC 7606).
    package init(decoding body: ArraySlice<UInt8>, in context: UpdateContext) throws(NotificationMessage) {
        var reader = UpdateReader(context: context)
        try reader.read(body)
        self = reader.report
    }

    init() {}
}
