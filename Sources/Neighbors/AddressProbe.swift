package import Addresses

/// Whether an address is free on a link, before it is announced there: asks, waits for an answer, and asks again later as
/// long as somebody unknown answers.
///
/// RFC 5227 in short: one question and 50 ms, where it has three questions over up to 6 s, because failover cannot wait;
/// and asked with the node's own address as the sender, because the kernel answers a sender of 0.0.0.0 for no proxy
/// entry. Whoever gets the address in the same moment is found by the conflict detection that goes on afterwards.
package struct AddressProbe: Sendable {
    /// How long to wait for an answer.
    package static let patience: Duration = .milliseconds(50)
    /// The pause after the first foreign answer; it doubles from answer to answer.
    package static let firstPause: Duration = .seconds(1)
    /// The longest pause.
    package static let longestPause: Duration = .seconds(60)

    /// What the probe knows.
    package enum State: Sendable, Hashable {
        /// Asked; an answer may come until then.
        case waiting(until: Duration)
        /// Nobody unknown answered.
        case free
        /// A station that is no speaker has the address; asked again then.
        case inUse(by: MACAddress, askAgainAt: Duration)
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Ask the link by broadcast who has the address.
        case ask
        /// The address may be announced.
        case addressFree
        /// It must not be announced: this station has it. Once a question.
        case addressInUse(MACAddress)
    }

    package let address: IPAddress
    package private(set) var state: State
    private var pause = Self.firstPause

    /// Begins to probe; ask now.
    package init(_ address: IPAddress, at now: Duration) {
        self.address = address
        state = .waiting(until: now + Self.patience)
    }

    /// When to call `tick` next; nil once the address is free.
    package var nextDeadline: Duration? {
        switch state {
        case .waiting(let until): until
        case .inUse(_, let again): again
        case .free: nil
        }
    }

    /// The deadline has come.
    package mutating func tick(at now: Duration) -> Effect? {
        guard let nextDeadline, nextDeadline <= now else { return nil }
        switch state {
        case .waiting:
            state = .free
            return .addressFree
        case .inUse:
            state = .waiting(until: now + Self.patience)
            return .ask
        case .free: return nil
        }
    }

    /// A station said that it has an address.
    /// - Parameter isKnown: true for this node and for other speakers, whose kernels answer for what they hand over.
    package mutating func hear(
        _ claimed: IPAddress, from mac: MACAddress, isKnown: Bool, at now: Duration
    ) -> Effect? {
        guard claimed == address, !isKnown, case .waiting = state else { return nil }
        state = .inUse(by: mac, askAgainAt: now + pause)
        pause = min(pause * 2, Self.longestPause)
        return .addressInUse(mac)
    }
}
