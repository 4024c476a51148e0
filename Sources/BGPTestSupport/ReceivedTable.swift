import Addresses
package import BGP

/// What a peer has after reading a stream of messages with UPDATEs in old and new form.
package struct ReceivedTable: Sendable {
    /// The attributes of each route, as they stood in the message.
    package private(set) var routes: [String: [UInt8]] = [:]
    /// The bodies of all messages.
    package var messages: [[UInt8]] = []
    /// All that was withdrawn, in order.
    package private(set) var withdrawals: [String] = []
    private var framer = MessageFramer()

    /// The stream ended inside of a message.
    package struct Incomplete: Error {}

    package init() {}

    /// Reads whole messages.
    package mutating func read(_ bytes: [UInt8]) throws {
        try readPart(bytes)
        guard framer.pendingCount == 0 else { throw Incomplete() }
    }

    /// Reads what came, which may end inside of a message.
    package mutating func readPart(_ bytes: [UInt8]) throws(NotificationMessage) {
        framer.append(bytes)
        while let frame = try framer.next() {
            messages.append(Array(frame.body))
            if frame.type == .update { readUpdate(Array(frame.body)) }
        }
    }

    private mutating func readUpdate(_ body: [UInt8]) {
        func number(_ at: Int) -> Int { Int(body[at]) << 8 | Int(body[at + 1]) }
        let withdrawn = 2..<2 + number(0)
        let attributes = withdrawn.upperBound + 2..<withdrawn.upperBound + 2 + number(withdrawn.upperBound)
        remove(body[withdrawn], isV6: false)
        var common: [UInt8] = []
        var reach: ArraySlice<UInt8> = []
        var at = attributes.lowerBound
        while at < attributes.upperBound {
            let isLong = body[at] & 0x10 != 0
            let start = at + (isLong ? 4 : 3)
            let end = start + (isLong ? number(at + 2) : Int(body[at + 2]))
            switch body[at + 1] {
            case 14: reach = body[start..<end]
            case 15: remove(body[(start + 3)..<end], isV6: body[start + 1] == 2)
            default: common += body[at..<end]
            }
            at = end
        }
        if let first = reach.first, first == 0 {
            let at = reach.startIndex
            let routes = at + 5 + Int(reach[at + 3])
            add(reach[routes...], common + reach[at..<routes], isV6: reach[at + 1] == 2)
        }
        add(body[attributes.upperBound...], common, isV6: false)
    }

    private mutating func add(_ field: ArraySlice<UInt8>, _ attributes: [UInt8], isV6: Bool) {
        for prefix in Self.prefixes(field, isV6) { routes[prefix] = attributes }
    }

    private mutating func remove(_ field: ArraySlice<UInt8>, isV6: Bool) {
        for prefix in Self.prefixes(field, isV6) {
            routes[prefix] = nil
            withdrawals.append(prefix)
        }
    }

    package static func prefixes(_ field: ArraySlice<UInt8>, _ isV6: Bool) -> [String] {
        var at = field.startIndex
        var prefixes: [String] = []
        while at < field.endIndex {
            let length = Int(field[at])
            let octets = Array(field[(at + 1)..<(at + 1 + (length + 7) / 8)])
            let padded = octets + [UInt8](repeating: 0, count: max(0, (isV6 ? 16 : 4) - octets.count))
            prefixes.append("\(IPAddress(octets: padded)?.description ?? "?")/\(length)")
            at += 1 + octets.count
        }
        return prefixes
    }
}
