package import Telemetry

/// The metrics of a speaker.
package enum SpeakerMetrics {
    package static let definitions: [MetricDefinition] = [
        .gauge("toono_address_owned", help: "1 if this node announces the address on the link, else 0."),
        .counter("toono_peers_lost_total", help: "Other speakers that fell silent, by link."),
    ]
}
