import Addresses
import Metrics

/// What is counted of the frames that go out on a link.
struct LinkMetrics {
    private let gratuitous: Counter
    private let dropped: Counter

    init(link: String, factory: any MetricsFactory) {
        gratuitous = Counter(label: "toono_gratuitous_sent_total", dimensions: [("link", link)], factory: factory)
        dropped = Counter(label: "toono_frames_dropped_total", dimensions: [("link", link)], factory: factory)
    }

    /// - Parameter dropped: how many of them the kernel did not take: the last ones.
    func sent(_ frames: [[UInt8]], _ family: IPFamily, dropped count: Int) {
        if count > 0 { dropped.increment(by: count) }
        let announcements = frames.dropLast(count).count { Self.isGratuitous($0, family) }
        if announcements > 0 { gratuitous.increment(by: announcements) }
    }

    /// True for ARP about the sender's own protocol address (RFC 5227 3), and for neighbour advertisements (RFC 4861 4.4).
    static func isGratuitous(_ frame: [UInt8], _ family: IPFamily) -> Bool {
        switch family {
        case .ipv4: frame.count >= 42 && frame[28..<32].elementsEqual(frame[38..<42])
        case .ipv6: frame.count > 54 && frame[54] == 136
        }
    }
}
