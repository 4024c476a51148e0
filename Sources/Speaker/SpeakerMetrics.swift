package import Telemetry

/// The metrics of a speaker.
package enum SpeakerMetrics {
    package static let definitions: [MetricDefinition] = [
        .gauge("toono_address_owned", help: "1 if this node announces the address on the link, else 0."),
        .counter("toono_peers_lost_total", help: "Other speakers that fell silent, by link."),
        .gauge("toono_state_writable", help: "1 if the state directory took the last write, else 0."),
        .gauge("metallb_bgp_session_up", help: "1 if the BGP session with the peer is established, else 0."),
        .counter("metallb_bgp_updates_total", help: "BGP UPDATE messages sent to the peer."),
        .gauge("metallb_bgp_announced_prefixes_total", help: "Prefixes that the peer was told of."),
        .gauge("metallb_bgp_pending_prefixes_total", help: "Prefixes that the peer is still to be told of."),
        .gauge("metallb_bfd_session_up", help: "1 if the BFD session with the peer is Up, else 0."),
        .counter("metallb_bfd_control_packet_input", help: "BFD control packets taken."),
        .counter("metallb_bfd_control_packet_output", help: "BFD control packets sent."),
        .counter("metallb_bfd_echo_packet_input", help: "BFD echo packets that came back."),
        .counter("metallb_bfd_echo_packet_output", help: "BFD echo packets sent."),
        .counter("metallb_bfd_session_up_events", help: "Times that the BFD session came up."),
        .counter("metallb_bfd_session_down_events", help: "Times that the BFD session left the state Up."),
        .gauge("toono_api_connected", help: "1 if the API server is heard, 0 if this node works from what it knows."),
    ]
}
