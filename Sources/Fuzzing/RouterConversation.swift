import Benchmarking
import Addresses
import Neighbors
import Timing
import Wire

/// The search for a router on a link where somebody sends damaged advertisements.
enum RouterConversation {
    private static let own = IPAddress(v6: 0xFE80 << 112 | 1)
    private static let mac = MACAddress(bits: 0x02_0000_0000_01)

    private static func frames() -> [[UInt8]] {
        (2...4).flatMap { number in
            let source = IPAddress(v6: 0xFE80 << 112 | UInt128(number))
            return [
                RouterAdvertisement(source: source, mac: mac).frame, RouterSolicitation(source: source, mac: mac).frame,
            ]
        }
    }

    private static let mutation = Mutation(frames())

    static func run(_ random: inout SplitMix) -> String? {
        var discovery = RouterDiscovery(address: own, mac: mac)
        var now = Instant(nanoseconds: 1_000_000_000)
        _ = discovery.handle(.start, at: now)
        for _ in 0..<20 {
            let event: RouterDiscovery.Event
            switch random.next() % 8 {
            case 0:
                now = discovery.nextDeadline.map { max($0, now) } ?? now
                event = .timer
            case 1: event = .unanswered
            default: event = .received(mutation.message(using: &random))
            }
            for case .found(let router) in discovery.handle(event, at: now) where !router.isLinkLocal || router == own {
                return "\(router) is taken for a router"
            }
            if let next = discovery.nextDeadline, event == .timer, next <= now { return "a timer that does not end" }
        }
        return nil
    }
}
