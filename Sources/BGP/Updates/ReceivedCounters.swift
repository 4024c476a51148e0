/// What a peer's UPDATEs held since the session was established.
package struct ReceivedCounters: Sendable, Hashable {
    /// Routes announced, by family, repeated ones included.
    package internal(set) var announced: [AddressFamily: Int] = [:]
    /// Routes withdrawn, by family.
    package internal(set) var withdrawn: [AddressFamily: Int] = [:]
    /// Messages whose routes count as withdrawn (RFC 7606).
    package internal(set) var treatedAsWithdraw = 0
    /// Faults by kind.
    package internal(set) var faults: [UpdateFault: Int] = [:]
    /// Families whose End-of-RIB marker came.
    package internal(set) var endOfRIB: Set<AddressFamily> = []

    /// Nothing received.
    package init() {}

    /// All routes announced.
    package var announcedTotal: Int { announced.values.reduce(0, +) }

    mutating func add(_ report: UpdateReport) {
        for (family, count) in report.announced { announced[family, default: 0] += count }
        for (family, count) in report.withdrawn { withdrawn[family, default: 0] += count }
        for fault in report.faults { faults[fault, default: 0] += 1 }
        if report.isTreatedAsWithdraw { treatedAsWithdraw += 1 }
        if let family = report.endOfRIB { endOfRIB.insert(family) }
    }
}
