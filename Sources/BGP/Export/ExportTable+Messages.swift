package import Addresses

extension ExportTable {
    /// Which messages to append.
    package enum Step: Sendable, Hashable {
        /// Of routes that are no longer wanted.
        case withdrawals
        /// Of routes that are new, changed, or asked for again.
        case announcements
        /// Of all that the peer has, before the session ends.
        case farewell
    }

    /// Appends whole messages of a family for a peer, while one more would leave the buffer within `limit` bytes.
    /// Returns true if nothing of the step is left. A family without next hop has no messages.
    package mutating func append(
        _ step: Step, of family: IPFamily, for id: ReaderID, to buffer: inout [UInt8], limit: Int
    ) -> Bool {
        // taken out while it is changed: a copy would copy what the peer was told of
        guard var reader = readers.removeValue(forKey: id) else { return true }
        defer { readers[id] = reader }
        guard let nextHop = reader.encoding.nextHops[family] else { return true }
        while buffer.count + MessageType.maximumLength <= limit {
            let isMore =
                switch (family, step) {
                case (.ipv4, .announcements): appendIPv4Announcement(&reader, nextHop, to: &buffer)
                case (.ipv6, .announcements): appendIPv6Announcement(&reader, nextHop, to: &buffer)
                case (.ipv4, .withdrawals):
                    ipv4.appendWithdrawal(
                        for: &reader.ipv4, withdrawal(family, nextHop), isShared: isShared, to: &buffer)
                case (.ipv6, .withdrawals):
                    ipv6.appendWithdrawal(
                        for: &reader.ipv6, withdrawal(family, nextHop), isShared: isShared, to: &buffer)
                case (.ipv4, .farewell):
                    ipv4.appendFarewell(for: &reader.ipv4, withdrawal(family, nextHop), to: &buffer)
                case (.ipv6, .farewell):
                    ipv6.appendFarewell(for: &reader.ipv6, withdrawal(family, nextHop), to: &buffer)
                }
            if !isMore { return true }
        }
        return false
    }

    /// True if there are readers beside the one that was taken out.
    private var isShared: Bool { !readers.isEmpty }

    private func withdrawal(_ family: IPFamily, _ nextHop: NextHop) -> UpdateTemplate {
        UpdateTemplate(withdrawing: family, isMultiprotocol: nextHop.isMultiprotocol)
    }

    private mutating func appendIPv4Announcement(
        _ reader: inout Reader, _ nextHop: NextHop, to buffer: inout [UInt8]
    ) -> Bool {
        guard let group = ipv4.pendingGroup(reader.ipv4) else { return false }
        let template = sets.template(
            group, .ipv4, by: nextHop, reader.encoding, encodingNumber: reader.encodingNumber)
        ipv4.appendAnnouncement(
            of: group, for: &reader.ipv4, template, encoding: reader.encodingNumber, isShared: isShared, to: &buffer)
        return true
    }

    private mutating func appendIPv6Announcement(
        _ reader: inout Reader, _ nextHop: NextHop, to buffer: inout [UInt8]
    ) -> Bool {
        guard let group = ipv6.pendingGroup(reader.ipv6) else { return false }
        let template = sets.template(
            group, .ipv6, by: nextHop, reader.encoding, encodingNumber: reader.encodingNumber)
        ipv6.appendAnnouncement(
            of: group, for: &reader.ipv6, template, encoding: reader.encodingNumber, isShared: isShared, to: &buffer)
        return true
    }
}
