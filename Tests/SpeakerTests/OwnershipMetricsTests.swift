import Addresses
import Neighbors
import Ownership
import Reasons
import Telemetry
import Testing
import Timing

@testable import Speaker

@Suite("Metrics of owners and frames")
struct OwnershipMetricsTests {
    private let registry = Registry()
    private var factory: PrometheusMetricsFactory { PrometheusMetricsFactory(registry) }
    private var text: String { String(decoding: registry.expose(as: .prometheusText), as: UTF8.self) }

    @Test("a failover is measured from the owner's last word, and told from a hand-over, an election and a restart")
    func gains() throws {
        try registry.register(SpeakerMetrics.definitions)
        var metrics = OwnershipMetrics(factory: factory)
        let start = ContinuousClock.now
        metrics.fellSilent("n2", on: "eth0", for: .milliseconds(300), at: start)
        metrics.gained(on: "eth0", before: .standby, owner: "n2", at: start + .milliseconds(20))
        #expect(text.contains("toono_failover_seconds_sum 0.32\n"))
        metrics.isHeard("n2", on: "eth0")
        metrics.gained(on: "eth0", before: .standby, owner: "n2", at: start)
        metrics.gained(on: "eth0", before: .probing, owner: nil, at: start)
        metrics.gained(on: "eth0", before: .adopted, owner: "n2", at: start)
        #expect(text.contains("toono_failover_seconds_count 1\n"))
        for gain in ["failover", "handover", "election", "restart"] {
            #expect(text.contains(#"toono_ownership_gained_total{by="\#(gain)",link="eth0"} 1"#), "\(gain)")
        }
    }

    @Test("gratuitous ARP and neighbour advertisements are counted, requests and probes are not, nor what was dropped")
    func frames() {
        let (own, other) = (IPAddress(v4: 0xC000_0209), IPAddress(v4: 0xC000_0201))
        let mac = MACAddress(bits: 0x5254_0000_0001)
        let gratuitous = ARPPacket.gratuitous(own, mac: mac)[0].frame
        let request = ARPPacket(
            destination: mac, source: mac, operation: .request, senderMAC: mac, senderIP: own, targetMAC: mac,
            targetIP: other
        ).frame
        let address = IPAddress("fd00:122::90") ?? own
        let advertisement = NeighborAdvertisement(target: address, mac: mac, source: address).unsolicitedFrame
        #expect(LinkMetrics.isGratuitous(gratuitous, .ipv4))
        #expect(!LinkMetrics.isGratuitous(request, .ipv4))
        #expect(LinkMetrics.isGratuitous(advertisement, .ipv6))
        #expect(!LinkMetrics.isGratuitous([UInt8](repeating: 0, count: 60), .ipv6))
        #expect(!LinkMetrics.isGratuitous([1, 2], .ipv4) && !LinkMetrics.isGratuitous([], .ipv6))
        let metrics = LinkMetrics(link: "eth0", factory: factory)
        metrics.sent([gratuitous, request, gratuitous], .ipv4, dropped: 1)
        #expect(text.contains(#"toono_gratuitous_sent_total{link="eth0"} 1"#))
        #expect(text.contains(#"toono_frames_dropped_total{link="eth0"} 1"#))
    }

    @Test("what is against announcing an address shows by reason, and goes with it")
    func obstacles() {
        var gauges = AddressGauges(node: "n1", factory: factory)
        let address = IPAddress(v4: 0xC000_0201)
        gauges.record(address, obstacle: .noServingEndpoint)
        #expect(text.contains(#"toono_address_obstacle{address="192.0.2.1",reason="noServingEndpoint"} 1"#))
        gauges.record(address, obstacle: .nodeExcluded)
        #expect(!text.contains("noServingEndpoint") && text.contains("nodeExcluded"))
        gauges.record(address, obstacle: nil)
        #expect(!text.contains("192.0.2.1"))
        gauges.record(address, obstacle: .quiesced)
        gauges.keep { _ in false }
        #expect(!text.contains("192.0.2.1"))
    }
}

@Suite("Warnings of a speaker")
struct SpeakerWarningsTests {
    private let registry = Registry()
    private let start = Instant(nanoseconds: 0)

    @Test("what grows warns, until it has stood still for half a minute")
    func counted() {
        var warnings = SpeakerWarnings(factory: PrometheusMetricsFactory(registry))
        warnings.set(.helloKeyDiffers, count: 0, at: start)
        #expect(warnings.all == [])
        warnings.set(.helloKeyDiffers, count: 3, at: start + .seconds(1))
        warnings.set(.helloKeyDiffers, count: 3, at: start + .seconds(30))
        warnings.set(.offline, true)
        #expect(warnings.all == [.offline, .helloKeyDiffers])
        warnings.set(.helloKeyDiffers, count: 3, at: start + .seconds(31))
        #expect(warnings.all == [.offline])
        let text = String(decoding: registry.expose(as: .prometheusText), as: UTF8.self)
        #expect(text.contains(#"toono_speaker_warning{warning="offline"} 1"#))
        #expect(text.contains(#"toono_speaker_warning{warning="helloKeyDiffers"} 0"#))
    }

    @Test("dropped datagrams are counted by reason, over a link that begins anew too")
    func dropped() {
        var metrics = OwnershipMetrics(factory: PrometheusMetricsFactory(registry))
        metrics.record(dropped: [.tag: 5], on: "eth0")
        metrics.record(dropped: [.tag: 7], on: "eth0")
        metrics.record(dropped: [.tag: 1], on: "eth0")
        let text = String(decoding: registry.expose(as: .prometheusText), as: UTF8.self)
        #expect(text.contains(#"toono_hello_dropped_total{link="eth0",reason="tag"} 8"#))
    }
}
