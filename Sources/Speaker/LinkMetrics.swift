import Addresses
import Metrics
import Neighbors
import Wire

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

    /// True for gratuitous ARP, and for neighbour advertisements: this program sends unsolicited ones only.
    static func isGratuitous(_ frame: [UInt8], _ family: IPFamily) -> Bool {
        var reader = WireReader(frame)
        return switch family {
        case .ipv4: (try? ARPPacket(decoding: &reader))?.isGratuitous ?? false
        case .ipv6: (try? AdvertisementSighting(decoding: &reader)) != nil
        }
    }
}
