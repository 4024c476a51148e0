import Announcement
import Kernel
import Logging
import NIOCore

// How a speaker ends: so that the next one goes on, or for good.
extension SpeakerLoop {
    /// What an end for good may take for hand-overs; kubelets wait 20 s.
    private static let leaveGrace = TimeAmount.seconds(3)

    /// Ends the process's part in the protocol so that the next process goes on without a move, and returns when the other
    /// speakers were told.
    package func endForRestart() async {
        guard isStarted, !isFinished else { return }
        handle(.restart)
        guard !isFinished else { return }
        await withCheckedContinuation { finished = $0 }
        if !kernel.program.routed.isEmpty { kernel.setLease(Self.restartLease, at: now) }
        await close()
    }

    /// Hands over what other speakers take, lets go of the rest, and returns when nothing of ours is in the kernel.
    package func endForGood() async {
        guard isStarted, !isFinished else { return }
        handle(.leave)
        if !isFinished {
            let grace = loop.scheduleTask(in: Self.leaveGrace) { [weak self] in
                self?.assumeIsolated { $0.handle(.graceEnded) }
            }
            await withCheckedContinuation { finished = $0 }
            grace.cancel()
        }
        await close()
        do throws(KernelError) {
            let removed = try Cleanup.run()
            logger.notice("the kernel holds nothing of this speaker any more", metadata: ["removed": "\(removed)"])
        } catch {
            logger.error("the kernel still holds what the speaker left", metadata: ["error": "\(error)"])
        }
    }

    private func close() async {
        for port in ports.values { port.close() }
        sinkPort.close()
        try? await monitor?.close()
    }
}
