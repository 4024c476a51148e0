extension RouteStore {
    /// Appends one message with announcements of a group, as full as can be. Nothing if all are stale.
    /// - Parameters:
    ///   - encoding: the number of the reader's encoding, which the template is of.
    ///   - isShared: true if other readers may come to the same place.
    mutating func appendAnnouncement(
        of group: Int, for reader: inout FamilyReader, _ template: UpdateTemplate, encoding: Int, isShared: Bool,
        to buffer: inout [UInt8]
    ) {
        let place = MadeMessages.Place(group: group, encoding: encoding, position: reader.position(in: group))
        if isShared, let message = made[place] {
            buffer += message.bytes
            note(message.slots, as: &reader)
            return reader.advance(to: message.end, in: group)
        }
        let start = buffer.count
        buffer += template.head
        let end = appendRoutes(of: group, after: place.position, room: template.room, to: &buffer)
        reader.advance(to: end, in: group)
        note(batch, as: &reader)
        let used = buffer.count - start - template.head.count
        guard used > 0 else { return buffer.removeLast(template.head.count) }
        finish(template, start: start, used: used, &buffer)
        if isShared { made.remember(.init(bytes: Array(buffer[start...]), slots: batch, end: end), at: place) }
    }

    /// Appends the prefixes of a group that changed after a change, and makes them the batch. Returns the last change that
    /// was read.
    private mutating func appendRoutes(
        of group: Int, after position: UInt64, room: Int, to buffer: inout [UInt8]
    ) -> UInt64 {
        batch.removeAll(keepingCapacity: true)
        let (changes, keys, entries) = (changes, keys, logs[group].entries)
        let first = logs[group].index(after: position)
        var position = position
        buffer.append(addingCapacity: room) { (output: inout OutputSpan<UInt8>) in
            for index in first..<entries.count {
                let entry = entries[index]
                let slot = Int(entry.slot)
                if changes[slot] == entry.change {
                    let key = keys[slot]
                    guard output.freeCapacity >= key.encodedLength else { break }
                    key.write(to: &output)
                    batch.append(entry.slot)
                }
                position = entry.change
            }
        }
        return position
    }

    /// The reader's peer is told of these routes.
    private mutating func note(_ slots: [UInt32], as reader: inout FamilyReader) {
        reader.sent.reserve(keys.count)
        var holders = self.holders.mutableSpan
        for slot in slots where reader.sent.insert(Int(slot)) { holders[Int(slot)] &+= 1 }
    }

    /// Appends one message with withdrawals, as full as can be. Returns false if there were none.
    mutating func appendWithdrawal(
        for reader: inout FamilyReader, _ template: UpdateTemplate, isShared: Bool, to buffer: inout [UInt8]
    ) -> Bool {
        let group = RouteGroup.withdrawn
        let position = reader.position(in: group)
        guard logs[group].last > position else { return false }
        // the form of withdrawals depends on the family and on this alone
        let place = MadeMessages.Place(group: group, encoding: template.tail.isEmpty ? 1 : 0, position: position)
        if isShared, let message = made[place],
            message.slots.allSatisfy({ reader.sent.contains(Int($0)) })
        {
            buffer += message.bytes
            reader.advance(to: message.end, in: group)
            forget(message.slots, by: &reader)
            return true
        }
        let start = buffer.count
        let (used, isWhole) = fillBatch(for: &reader, room: template.room)
        appendBatch(template, used: used, to: &buffer)
        guard !batch.isEmpty else { return false }
        // one that leaves out what this peer never had is no other's
        if isShared && isWhole {
            let end = reader.position(in: group)
            made.remember(.init(bytes: Array(buffer[start...]), slots: batch, end: end), at: place)
        }
        forget(batch, by: &reader)
        return true
    }

    /// Appends one message that withdraws what the peer has, wanted or not. Returns false if it has nothing.
    mutating func appendFarewell(
        for reader: inout FamilyReader, _ template: UpdateTemplate, to buffer: inout [UInt8]
    ) -> Bool {
        batch.removeAll(keepingCapacity: true)
        var used = 0
        reader.sent.forEach { slot in
            let length = keys[slot].encodedLength
            guard used + length <= template.room else { return false }
            used += length
            batch.append(UInt32(truncatingIfNeeded: slot))
            return true
        }
        appendBatch(template, used: used, to: &buffer)
        forget(batch, by: &reader)
        return !batch.isEmpty
    }

    /// These routes were withdrawn from the reader's peer.
    private mutating func forget(_ slots: [UInt32], by reader: inout FamilyReader) {
        for slot in slots where reader.sent.remove(Int(slot)) { release(Int(slot)) }
    }

    /// Collects the slots of one message with withdrawals; returns the number of bytes of their prefixes, and whether all
    /// that was withdrawn is among them.
    private mutating func fillBatch(for reader: inout FamilyReader, room: Int) -> (used: Int, isWhole: Bool) {
        batch.removeAll(keepingCapacity: true)
        let log = logs[RouteGroup.withdrawn]
        var position = reader.position(in: RouteGroup.withdrawn)
        var used = 0
        var isWhole = true
        for entry in log.entries[log.index(after: position)...] {
            let slot = Int(entry.slot)
            if changes[slot] == entry.change {
                if reader.sent.contains(slot) {
                    let length = keys[slot].encodedLength
                    guard used + length <= room else { break }
                    used += length
                    batch.append(entry.slot)
                } else {
                    isWhole = false
                }
            }
            position = entry.change
        }
        reader.advance(to: position, in: RouteGroup.withdrawn)
        return (used, isWhole)
    }

    private func appendBatch(_ template: UpdateTemplate, used: Int, to buffer: inout [UInt8]) {
        guard !batch.isEmpty else { return }
        let start = buffer.count
        buffer += template.head
        buffer.append(addingCapacity: used) { (output: inout OutputSpan<UInt8>) in
            for slot in batch { keys[Int(slot)].write(to: &output) }
        }
        finish(template, start: start, used: used, &buffer)
    }

    private func finish(_ template: UpdateTemplate, start: Int, used: Int, _ buffer: inout [UInt8]) {
        buffer += template.tail
        template.patchLengths(in: &buffer, start: start, routeBytes: used)
    }
}
