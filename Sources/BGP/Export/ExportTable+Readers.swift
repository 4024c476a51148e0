package import Addresses

extension ExportTable {
    /// Adds a peer, which is to be told of every route. `sent` are prefixes that it was told of by another table:
    /// those that are not announced here are withdrawn from it.
    package mutating func attach(_ encoding: UpdateEncoding, sent: [IPPrefix] = []) -> ReaderID {
        lastReader += 1
        let id = ReaderID(number: lastReader)
        let v4 = sent.filter { $0.address.family == .ipv4 }.map { IPv4RouteKey($0) }
        let v6 = sent.filter { $0.address.family == .ipv6 }.map { IPv6RouteKey($0) }
        let first = ipv4.reader(holding: v4, lastChange: &lastChange)
        let second = ipv6.reader(holding: v6, lastChange: &lastChange)
        readers[id] = Reader(
            encoding: encoding, encodingNumber: encodings.retain(encoding), ipv4: first, ipv6: second)
        return id
    }

    /// Removes a peer and returns what it was told of.
    @discardableResult
    package mutating func detach(_ id: ReaderID) -> [IPPrefix] {
        guard let reader = readers.removeValue(forKey: id) else { return [] }
        let sent = ipv4.sentKeys(reader.ipv4).map(\.prefix) + ipv6.sentKeys(reader.ipv6).map(\.prefix)
        ipv4.dismiss(reader.ipv4)
        ipv6.dismiss(reader.ipv6)
        releaseEncoding(reader.encoding)
        return sent
    }

    /// Changes the terms of a peer, which is then told of every route again.
    package mutating func reencode(_ id: ReaderID, as encoding: UpdateEncoding) {
        guard let old = readers[id]?.encoding, old != encoding else { return }
        readers[id]?.encoding = encoding
        readers[id]?.encodingNumber = encodings.retain(encoding)
        releaseEncoding(old)
        for family in IPFamily.allCases { rewind(id, family) }
    }

    /// Lets a peer be told of every route of a family again.
    package mutating func rewind(_ id: ReaderID, _ family: IPFamily) {
        switch family {
        case .ipv4: readers[id]?.ipv4.rewind()
        case .ipv6: readers[id]?.ipv6.rewind()
        }
    }

    /// The number of routes of a family that the peer was told of and that were not withdrawn from it.
    package func sentCount(_ id: ReaderID, _ family: IPFamily) -> Int {
        guard let reader = readers[id] else { return 0 }
        return family == .ipv4 ? reader.ipv4.sent.count : reader.ipv6.sent.count
    }

    /// True if the peer was told of the prefix.
    package func hasSent(_ prefix: IPPrefix, to id: ReaderID) -> Bool {
        guard let reader = readers[id] else { return false }
        return switch prefix.address.family {
        case .ipv4: ipv4.slot(of: IPv4RouteKey(prefix)).map { reader.ipv4.sent.contains($0) } ?? false
        case .ipv6: ipv6.slot(of: IPv6RouteKey(prefix)).map { reader.ipv6.sent.contains($0) } ?? false
        }
    }

    /// The number of announcements and withdrawals that the peer still has to be told; counts by looking at each.
    package func pendingCount(_ id: ReaderID, _ family: IPFamily) -> Int {
        guard let reader = readers[id], reader.encoding.nextHops[family] != nil else { return 0 }
        return family == .ipv4 ? ipv4.pendingCount(reader.ipv4) : ipv6.pendingCount(reader.ipv6)
    }

    private mutating func releaseEncoding(_ encoding: UpdateEncoding) {
        if let unused = encodings.release(encoding) { sets.forgetTemplates(ofEncoding: unused) }
    }
}

extension ExportTable {
    /// The number of places in all the table's lists, for a metric: it follows the number of routes and attribute
    /// sets in use, not their history.
    package var footprint: Int { ipv4.footprint + ipv6.footprint + sets.footprint }
}
