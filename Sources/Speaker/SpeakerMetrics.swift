package import Telemetry

/// The metrics of a speaker.
package enum SpeakerMetrics {
    package static let definitions: [MetricDefinition] =
        [
            .gauge("toono_address_owned", help: "1 if this node announces the address on the link, else 0."),
            .gauge("toono_speaker_warning", help: "1 for what is wrong with the speaker as a whole, else 0."),
            .counter(
                "toono_hello_dropped_total", help: "Datagrams of other speakers that were dropped, by link and reason."),
            .gauge(
                "toono_address_obstacle", help: "1 for what keeps this node from announcing the address, by reason."),
            .histogram(
                "toono_failover_seconds",
                help: "From the last word of an owner that fell silent until this node announces its address."),
            .counter(
                "toono_ownership_gained_total", help: "Addresses that this node came to announce, by link and how."),
            .counter(
                "toono_ownership_released_total", help: "Addresses that this node stopped to announce, by link and how."
            ),
            .counter(
                "toono_address_conflicts_total",
                help:
                    "Times that another machine was found to use an address, by link and whether it is announced here."),
            .gauge("toono_hello_loss_ratio", help: "The share of another speaker's hellos that got lost."),
            .gauge("toono_hello_round_trip_seconds", help: "The last round trip to another speaker."),
            .counter(
                "toono_gratuitous_sent_total", help: "Gratuitous ARP packets and neighbour advertisements, by link."),
            .counter("toono_frames_dropped_total", help: "Frames that the link's queue did not take, by link."),
            .gauge(
                "toono_lease_refreshed_timestamp_seconds",
                help: "When the lease that keeps this node's kernel answering was last extended, since 1970."),
            .counter(
                "toono_kernel_repairs_total", help: "Changes that others made in the kernel and that were mended."),
            .counter("toono_kernel_refusals_total", help: "Changes that the kernel refused."),
            .counter("toono_api_offline_seconds_total", help: "Time that the API server was not heard."),
            .histogram("toono_api_request_seconds", help: "Time that the API server took for a request, by method."),
            .counter("toono_peers_lost_total", help: "Other speakers that fell silent, by link."),
            .gauge("toono_state_writable", help: "1 if the state directory took the last write, else 0."),
            .gauge("metallb_bgp_session_up", help: "1 if the BGP session with the peer is established, else 0."),
            .counter("metallb_bgp_updates_total", help: "BGP UPDATE messages sent to the peer."),
            .counter("metallb_bgp_opens_sent", help: "BGP OPEN messages sent to the peer."),
            .counter("metallb_bgp_opens_received", help: "BGP OPEN messages of the peer."),
            .counter("metallb_bgp_notifications_sent", help: "BGP NOTIFICATION messages sent to the peer."),
            .counter("metallb_bgp_updates_total_received", help: "BGP UPDATE messages of the peer."),
            .counter("metallb_bgp_keepalives_sent", help: "BGP KEEPALIVE messages sent to the peer."),
            .counter("metallb_bgp_keepalives_received", help: "BGP KEEPALIVE messages of the peer."),
            .counter("metallb_bgp_route_refresh_sent", help: "BGP ROUTE-REFRESH messages sent to the peer."),
            .counter("metallb_bgp_total_sent", help: "BGP messages sent to the peer."),
            .counter("metallb_bgp_total_received", help: "BGP messages of the peer."),
            .gauge("metallb_bgp_announced_prefixes_total", help: "Prefixes that the peer was told of."),
            .gauge("metallb_bgp_pending_prefixes_total", help: "Prefixes that the peer is still to be told of."),
            .gauge("metallb_bfd_session_up", help: "1 if the BFD session with the peer is Up, else 0."),
            .counter("metallb_bfd_control_packet_input", help: "BFD control packets taken."),
            .counter("metallb_bfd_control_packet_output", help: "BFD control packets sent."),
            .counter("metallb_bfd_echo_packet_input", help: "BFD echo packets that came back."),
            .counter("metallb_bfd_echo_packet_output", help: "BFD echo packets sent."),
            .counter("metallb_bfd_session_up_events", help: "Times that the BFD session came up."),
            .counter("metallb_bfd_session_down_events", help: "Times that the BFD session left the state Up."),
            .gauge(
                "toono_api_connected", help: "1 if the API server is heard, 0 if this node works from what it knows."),
        ] + KubernetesMetrics.definitions
}
