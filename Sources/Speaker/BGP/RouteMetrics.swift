import BGP
import BGPTransport
import Metrics
import NIOCore

// MetalLB's metrics of its native mode.
extension RouteLoop {
    /// Records each second until the loop ends.
    nonisolated func startMetrics() {
        loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] task in
            guard let self else { return task.cancel() }
            self.assumeIsolated { $0.record() }
        }
    }

    private func record() {
        for slot in slots.values {
            guard let transport = slot.transport else { continue }
            let dimensions = [("peer", transport.label)]
            let status = transport.status
            Gauge(label: "metallb_bgp_session_up", dimensions: dimensions).record(slot.isUp ? 1 : 0)
            let updates = status.record.sent[.update]
            Counter(label: "metallb_bgp_updates_total", dimensions: dimensions)
                .increment(by: max(0, updates - slot.countedUpdates))
            slot.countedUpdates = updates
            let (sent, pending) = status.exports.values.reduce((0, 0)) { sum, export in
                guard case .active(let sent, let pending) = export else { return sum }
                return (sum.0 + sent, sum.1 + pending)
            }
            Gauge(label: "metallb_bgp_announced_prefixes_total", dimensions: dimensions).record(sent)
            Gauge(label: "metallb_bgp_pending_prefixes_total", dimensions: dimensions).record(pending)
        }
    }
}
