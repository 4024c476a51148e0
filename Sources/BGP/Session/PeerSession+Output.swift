import Addresses
package import Timing

extension PeerSession {
    /// The next bytes of routes for the established connection, at most about `budget` of them (at least one message,
    /// 4096 bytes). To be asked for on `PeerEffect.output`, when the table has changed, and when the connection can
    /// take more; never for more than it takes, since what is not yet encoded can still change. Nil if no session is
    /// up.
    package mutating func output(
        from table: inout ExportTable, budget: Int, at now: Instant
    ) -> PeerOutput? {
        guard let established, let encoding = export.encoding else { return nil }
        let reader = attach(to: &table, encoding)
        let limit = max(budget, MessageType.maximumLength)
        var output = PeerOutput(connection: established.id)
        output.bytes.reserveCapacity(limit)
        if case .withdrawing(let notification, _) = departure {
            output.isMore = !append(.farewell, for: reader, from: &table, &output.bytes, limit)
            finish(&output, at: now)
            if !output.isMore {
                sayGoodbye(notification, at: now)
                output.effects = effects
                effects = []
                record.since = now
            }
            return output
        }
        output.isMore = !appendRoutes(for: reader, from: &table, &output.bytes, limit)
        finish(&output, at: now)
        return output
    }

    /// Lets the peer read another table, which has another view: what it was told of and is not wanted there is
    /// withdrawn.
    package mutating func move(from old: inout ExportTable, to new: inout ExportTable) {
        guard let reader = export.reader, let encoding = export.encoding else { return }
        export.reader = new.attach(encoding, sent: old.detach(reader))
    }

    private mutating func attach(to table: inout ExportTable, _ encoding: UpdateEncoding) -> ExportTable.ReaderID {
        if let reader = export.reader {
            if export.isEncodingStale { table.reencode(reader, as: encoding) }
            export.isEncodingStale = false
            return reader
        }
        let reader = table.attach(encoding)
        export.reader = reader
        return reader
    }

    private mutating func finish(_ output: inout PeerOutput, at now: Instant) {
        guard !output.bytes.isEmpty, let index = index(of: output.connection) else { return }
        record.sent.add(messagesIn: output.bytes)
        connections[index].expectProgress(at: now)
    }

    private func append(
        _ step: ExportTable.Step, for reader: ExportTable.ReaderID, from table: inout ExportTable,
        _ bytes: inout [UInt8], _ limit: Int
    ) -> Bool {
        IPFamily.allCases.allSatisfy { table.append(step, of: $0, for: reader, to: &bytes, limit: limit) }
    }

    /// Returns true if everything is said.
    private mutating func appendRoutes(
        for reader: ExportTable.ReaderID, from table: inout ExportTable, _ bytes: inout [UInt8], _ limit: Int
    ) -> Bool {
        // a withdrawal that waits behind announcements is traffic lost
        guard append(.withdrawals, for: reader, from: &table, &bytes, limit) else { return false }
        for family in IPFamily.allCases {
            let isAllSaid = appendFamily(family, for: reader, from: &table, &bytes, limit)
            guard isAllSaid else { return false }
        }
        return export.refreshes.values.allSatisfy { $0 == .none }
    }

    private mutating func appendFamily(
        _ family: IPFamily, for reader: ExportTable.ReaderID, from table: inout ExportTable, _ bytes: inout [UInt8],
        _ limit: Int
    ) -> Bool {
        let name = AddressFamily(family)
        let isMarked = established?.terms?.hasEnhancedRouteRefresh ?? false
        if export.refreshes[family] == .requested {
            table.rewind(reader, family)
            if isMarked { bytes += RouteRefreshMessage(name, .beginningOfRefresh).encoded }
            export.refreshes[family] = .running
        }
        guard table.append(.announcements, of: family, for: reader, to: &bytes, limit: limit) else { return false }
        switch export.refreshes[family] ?? .none {
        case .none, .requested: break
        case .running, .runningAndRequested:
            if isMarked { bytes += RouteRefreshMessage(name, .endOfRefresh).encoded }
            export.refreshes[family] = export.refreshes[family] == .running ? ExportState.Refresh.none : .requested
        }
        if table.isComplete && export.owedEndOfRIB.remove(name) != nil { bytes += BGPMessage.endOfRIB(name) }
        return true
    }
}
