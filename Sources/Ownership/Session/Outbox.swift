import Addresses

/// The effects of one event, gathered and put in an order in which each can rely on those before.
struct Outbox: Sendable {
    private var lease: Duration?
    private var withdrawals: [IPAddress: WithdrawalReason] = [:]
    private var programs: Set<IPAddress> = []
    private var sends: [OwnershipEffect] = []
    private var bursts: Set<IPAddress> = []
    private var probes: Set<IPAddress> = []
    private var others: [OwnershipEffect] = []
    private var reports: [OwnershipEffect] = []
    private var ending: OwnershipEnding?

    mutating func setLease(_ duration: Duration) { lease = duration }

    mutating func withdraw(_ vip: IPAddress, _ reason: WithdrawalReason) {
        withdrawals[vip] = reason
        programs.remove(vip)
        bursts.remove(vip)
    }

    mutating func program(_ vip: IPAddress) {
        withdrawals[vip] = nil
        programs.insert(vip)
    }

    mutating func announceBurst(_ vip: IPAddress) { bursts.insert(vip) }
    mutating func probe(_ vip: IPAddress) { probes.insert(vip) }
    mutating func send(_ bytes: [UInt8], to destination: OwnershipDestination) {
        sends.append(.send(bytes, to: destination))
    }
    mutating func append(_ effect: OwnershipEffect) { others.append(effect) }
    mutating func report(_ report: OwnershipReport) { reports.append(.report(report)) }
    mutating func finish(_ ending: OwnershipEnding) { self.ending = ending }

    /// All effects; the box is empty after.
    mutating func drain() -> [OwnershipEffect] {
        var effects: [OwnershipEffect] = []
        if let lease { effects.append(.setLease(lease)) }
        if !withdrawals.isEmpty {
            let groups = Dictionary(grouping: withdrawals.keys) { withdrawals[$0] }
            let sorted = groups.compactMap { reason, vips in reason.map { ($0, vips.sorted()) } }
                .sorted { ($0.1.first.map(\.bits) ?? 0) < ($1.1.first.map(\.bits) ?? 0) }
            for (reason, vips) in sorted { effects.append(.withdraw(vips, reason)) }
        }
        if !programs.isEmpty { effects.append(.program(programs.sorted())) }
        effects += sends
        if !bursts.isEmpty { effects.append(.announceBurst(bursts.sorted())) }
        if !probes.isEmpty { effects.append(.startProbe(probes.sorted())) }
        effects += others
        effects += reports
        if let ending { effects.append(.finished(ending)) }
        self = Outbox()
        return effects
    }
}
