/// The messages that were made last, for the next peer that has come to the same place: peers that are told of a table at
/// the same pace share them. Forgotten with the first change of any route, so that what is here is true.
struct MadeMessages: Sendable {
    /// Where a peer stands, and what decides the bytes that come next.
    struct Place: Sendable, Hashable {
        var group: Int
        var encoding: Int
        /// The last change that the peer has read of the group.
        var position: UInt64
    }

    struct Message: Sendable {
        var bytes: [UInt8]
        /// Of which routes it is.
        var slots: [UInt32]
        /// The last change that it covers.
        var end: UInt64
    }

    /// As many as a peer is given at once, twice.
    private static let limit = 32

    private var messages: [Place: Message] = [:]
    private var order: [Place] = []
    private var oldest = 0

    subscript(place: Place) -> Message? { messages[place] }

    mutating func remember(_ message: Message, at place: Place) {
        guard messages.updateValue(message, forKey: place) == nil else { return }
        guard order.count == Self.limit else { return order.append(place) }
        messages[order[oldest]] = nil
        order[oldest] = place
        oldest = (oldest + 1) % Self.limit
    }

    mutating func forget() {
        guard !order.isEmpty else { return }
        self = MadeMessages()
    }
}
