import Announcement
import Logging
import NIOCore
import StateStore
import Timing

// Whether this node carries traffic to pods.
extension SpeakerLoop {
    /// Shuts the gate of a node that just booted.
    /// - Parameters:
    ///   - memory: what earlier processes wrote down.
    ///   - hold: what is left of the time after the node's boot.
    package func beginDataPlane(knowing memory: SpeakerMemory, hold: Duration) {
        dataPlane.begin(isKnown: memory.knowsDataPlane, isCarrying: isHolding, hold: hold, at: now)
        updateDataPlane()
        guard let deadline = dataPlane.nextDeadline else { return }
        loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: deadline.nanoseconds))) { [weak self] in
            self?.assumeIsolated { $0.updateDataPlane() }
        }
    }

    /// What kube-proxy answered.
    /// - Returns: when to ask again.
    func noteDataPlane(_ health: DataPlane.Health) -> Duration? {
        let wasKnown = dataPlane.isKnown
        dataPlane.note(health)
        if dataPlane.isKnown != wasKnown { keeper?.note(.dataPlane) }
        updateDataPlane()
        return dataPlane.pause
    }

    private func updateDataPlane() {
        let gate = dataPlane.gate(at: now)
        guard gate != session.gate else { return }
        switch gate {
        case .open: logger.notice("this node carries traffic again")
        case .shut(_, let message):
            logger.error("this node announces nothing that another can", metadata: ["reason": "\(message)"])
        }
        handle(.dataPlane(gate))
    }
}
