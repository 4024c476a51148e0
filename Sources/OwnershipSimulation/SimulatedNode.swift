import Addresses
import Ownership

/// A node with its kernel, its speaker and the speaker's machine.
struct SimulatedNode: Sendable {
    enum Process: Sendable, Equatable {
        case running
        /// Stopped by a signal: nothing runs, datagrams wait in the socket.
        case stopped
        case dead
    }

    let index: Int
    let name: String
    /// Where its datagrams come from.
    let address: IPAddress
    var session: OwnershipSession
    var kernel = SimulatedKernel()
    var process = Process.dead
    /// When the process stopped to run, and whether it had announced its restart.
    var stoppedAt: Int64?
    var announcedRestart = false
    /// False while the node has no power.
    var isPowered = true
    /// True while the virtual machine is paused: kernel and process alike.
    var isPaused = false
    var hasCarrier = true
    /// When a frame last came to the running process; what waited for it while it was stopped came before.
    var heardAt: Int64 = 0
    /// Nanoseconds that the node's clock lags behind the world's, by pauses that it did not see.
    var clockLag: Int64 = 0
    /// Datagrams that came while the process was stopped.
    var backlog: [OwnershipDatagram] = []
    var snapshot = OwnershipSnapshot()
    /// The deadline for which a tick is in the queue, on the world's clock.
    var tickAt: Int64?
    /// What the configuration of this node says, where it differs from the others'.
    var views: [IPAddress: VIPView]
    var isDrained = false
    var isFinished = false
    /// What the machine said of itself after its last event.
    var isElecting = false

    var mac: MACAddress { MACAddress(bits: UInt64(index) + 1) }

    var runs: Bool { process == .running && isPowered && !isPaused }

    /// The node's own clock.
    func local(_ now: Int64) -> Int64 { now - clockLag }

    func answers(_ vip: IPAddress, at now: Int64) -> Bool {
        isPowered && !isPaused && hasCarrier && kernel.answers(vip, at: local(now))
    }

    /// Room in the socket's buffer, in datagrams.
    static let backlogLimit = 200
}
