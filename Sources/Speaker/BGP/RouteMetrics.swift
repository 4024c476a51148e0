import BGP
import BGPTransport
import NIOCore

// MetalLB's metrics of its native mode, and those of its modes with FRR that are of the protocol.
extension RouteLoop {
    /// Records each second until the loop ends.
    nonisolated func startMetrics() {
        bfd?.startMetrics()
        loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] task in
            guard let self else { return task.cancel() }
            self.assumeIsolated { $0.record() }
        }
    }

    private func record() {
        for slot in slots.values { slot.record() }
    }
}

extension PeerSlot {
    /// Records the session as it is.
    fileprivate func record() {
        guard let transport else { return }
        var series = self.series ?? SessionSeries(peer: transport.label)
        let status = transport.status
        series.record("metallb_bgp_session_up", isUp ? 1 : 0)
        let (told, heard) = (status.record.sent, status.record.received)
        series.count("metallb_bgp_updates_total", total: told[.update])
        series.count("metallb_bgp_opens_sent", total: told[.open])
        series.count("metallb_bgp_notifications_sent", total: told[.notification])
        series.count("metallb_bgp_keepalives_sent", total: told[.keepalive])
        series.count("metallb_bgp_route_refresh_sent", total: told[.routeRefresh])
        series.count("metallb_bgp_total_sent", total: told.total)
        series.count("metallb_bgp_opens_received", total: heard[.open])
        series.count("metallb_bgp_updates_total_received", total: heard[.update])
        series.count("metallb_bgp_keepalives_received", total: heard[.keepalive])
        series.count("metallb_bgp_total_received", total: heard.total)
        let (sent, pending) = status.exports.values.reduce((0, 0)) { sum, export in
            guard case .active(let sent, let pending) = export else { return sum }
            return (sum.0 + sent, sum.1 + pending)
        }
        series.record("metallb_bgp_announced_prefixes_total", sent)
        series.record("metallb_bgp_pending_prefixes_total", pending)
        self.series = series
    }

    /// The session is no more, and so are its metrics.
    func endSeries() {
        series?.destroy()
        series = nil
    }
}
