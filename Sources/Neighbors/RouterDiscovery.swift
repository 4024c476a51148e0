package import Addresses
package import Timing
import Wire

/// Finds the router at the other end of a link and lets it find this node: what a session without addresses begins with.
///
/// The router is found by its advertisements. It is told of this node by advertisements too: FRR refuses connections of
/// a neighbour from which it has had none.
package struct RouterDiscovery: Sendable {
    /// What the owner is to do.
    package enum Effect: Sendable, Hashable {
        case send([UInt8])
        /// The router to hold the session with is now this one.
        case found(IPAddress)
    }

    /// What happens.
    package enum Event: Sendable, Hashable {
        case start
        /// A frame with a router advertisement or solicitation, or with anything.
        case received([UInt8])
        /// The router does not answer as one of BGP.
        case unanswered
        /// The moment of `nextDeadline` has come.
        case timer
    }

    /// The router to hold the session with; nil while none was heard.
    package private(set) var router: IPAddress?
    /// When `timer` is due.
    package private(set) var nextDeadline: Instant?

    private let address: IPAddress
    private let mac: MACAddress
    private struct Candidate: Sendable {
        var heard: Instant
        /// When it last did not answer as a router of BGP: other speakers on the link advertise themselves too.
        var unanswered: Instant?

        func isWorthTrying(at now: Instant) -> Bool {
            heard + RouterDiscovery.patience > now
                && unanswered.map { $0 + RouterDiscovery.interval <= now } ?? true
        }
    }

    private var candidates: [IPAddress: Candidate] = [:]
    private var sent = 0
    private var lastSent: Instant?

    /// Advertisements that follow each other at once when the link is new (RFC 4861 6.2.4, but faster: the first of them
    /// may be lost while a switch opens its port).
    private static let initialCount = 3
    private static let initialInterval: Duration = .milliseconds(400)
    private static let interval: Duration = .seconds(10)
    /// Between two advertisements, however many ask for one (RFC 4861 10, MIN_DELAY_BETWEEN_RAS).
    private static let leastInterval: Duration = .seconds(3)
    /// A router that was not heard for so long is no alternative to one that does not answer.
    private static let patience: Duration = .seconds(60)
    /// More than this on one link is somebody's forgery.
    private static let limit = 64

    /// The own end of the link: its link-local address and its Ethernet address.
    package init(address: IPAddress, mac: MACAddress) {
        self.address = address
        self.mac = mac
    }

    /// Takes what happened and returns what is to be done.
    package mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        switch event {
        case .start: return advertise(at: now)
        case .timer: return nextDeadline.map { $0 <= now } == true ? advertise(at: now) : []
        case .received(let frame):
            var reader = WireReader(frame)
            switch try? RouterSighting(decoding: &reader) {
            case .advertisement(let router): return note(router, at: now)
            case .solicitation: hasten(at: now)
            case nil: break
            }
            return []
        case .unanswered: return turnToNext(at: now)
        }
    }

    private mutating func advertise(at now: Instant) -> [Effect] {
        sent = min(sent + 1, Self.initialCount)
        lastSent = now
        nextDeadline = now + (sent < Self.initialCount ? Self.initialInterval : Self.interval)
        var effects = [Effect.send(RouterAdvertisement(source: address, mac: mac).frame)]
        if router == nil { effects.append(.send(RouterSolicitation(source: address, mac: mac).frame)) }
        return effects
    }

    /// Somebody new may not know this node.
    private mutating func hasten(at now: Instant) {
        guard let lastSent, let nextDeadline else { return }
        self.nextDeadline = min(nextDeadline, max(now, lastSent + Self.leastInterval))
    }

    private mutating func note(_ sender: IPAddress, at now: Instant) -> [Effect] {
        guard sender != address else { return [] }
        if candidates[sender] == nil {
            guard makeRoom(at: now) else { return [] }
            hasten(at: now)
        }
        candidates[sender, default: Candidate(heard: now)].heard = now
        guard router == nil else { return [] }
        router = sender
        return [.found(sender)]
    }

    /// False if so many routers are heard that one more would be one too many.
    private mutating func makeRoom(at now: Instant) -> Bool {
        guard candidates.count >= Self.limit else { return true }
        candidates = candidates.filter { $0.key == router || $0.value.heard + Self.patience > now }
        return candidates.count < Self.limit
    }

    /// The next router in order that was heard of late and was not tried just now.
    private mutating func turnToNext(at now: Instant) -> [Effect] {
        guard let router else { return [] }
        candidates[router]?.unanswered = now
        let others = candidates.filter { $0.key != router && $0.value.isWorthTrying(at: now) }.keys.sorted()
        guard let next = others.first(where: { $0 > router }) ?? others.first else { return [] }
        self.router = next
        return [.found(next)]
    }
}
