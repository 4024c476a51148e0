import BFD
import NIOCore

// MetalLB's metrics of BFD, as its FRR modes have them. None is for what FRR tells its own daemons.
extension BFDLoop {
    /// Records each second until the loop ends.
    nonisolated func startMetrics() {
        loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] task in
            guard let self else { return task.cancel() }
            self.assumeIsolated { $0.record() }
        }
    }
}

extension SessionSeries {
    /// Records a session of BFD as it is.
    mutating func record(_ status: BFDStatus) {
        record("metallb_bfd_session_up", status.state == .up ? 1 : 0)
        count("metallb_bfd_control_packet_input", total: status.counters.controlPacketsReceived)
        count("metallb_bfd_control_packet_output", total: status.counters.controlPacketsSent)
        count("metallb_bfd_echo_packet_input", total: status.counters.echoPacketsReceived)
        count("metallb_bfd_echo_packet_output", total: status.counters.echoPacketsSent)
        count("metallb_bfd_session_up_events", total: status.counters.ups)
        count("metallb_bfd_session_down_events", total: status.counters.downs)
    }
}
