/// Something that goes wrong, and for how long.
package enum Fault: Sendable, Hashable {
    /// The node loses power and boots again.
    case nodeCrash
    /// The speaker dies and is started again; the kernel goes on.
    case speakerCrash
    /// The speaker is stopped by a signal and goes on later.
    case stop
    /// The speaker is stopped and then killed without running again, and started anew.
    case stopAndKill
    /// SIGTERM for a restart, and the new process.
    case restart
    /// The node is drained.
    case drain
    /// The speaker leaves for good, and is started again later.
    case leave
    /// The carrier goes. The switch forwards again so long after it is back.
    case carrier(silence: Duration)
    /// The node receives nothing.
    case deaf
    /// Nobody receives the node.
    case mute
    /// Both.
    case cut
    /// The nodes of the mask are parted from the others.
    case partition(mask: Int)
    /// One other node does not receive this one.
    case brokenPair(to: Int)
    /// The virtual machine is paused.
    case pause(isVisible: Bool)
    /// All frames are lost with this chance.
    case lossBurst(Double)
    /// The node's configuration has other scores.
    case skew
    /// The node may not own anything.
    case ineligible
    /// All nodes lose power and come back within 10 s of each other.
    case powerCut
    /// All speakers restart one after the other.
    case rollingRestart
}

/// A fault in a history.
package struct ScheduledFault: Sendable, Hashable {
    /// What goes wrong.
    package var fault: Fault
    /// Where; for faults of the whole link any node.
    package var node: Int
    /// When, from the start of the history.
    package var at: Duration
    /// For how long.
    package var length: Duration

    /// A fault at its place and time.
    package init(_ fault: Fault, node: Int = 0, at: Duration, for length: Duration) {
        self.fault = fault
        self.node = node
        self.at = at
        self.length = length
    }

    /// When it is over; a fault with a tail of its own included.
    var end: Duration {
        switch fault {
        case .carrier(let silence): at + length + silence
        case .powerCut: at + length + .seconds(10)
        case .rollingRestart: at + length + .seconds(10)
        // Who wakes listens before it claims again.
        case .pause, .stop: at + length + .seconds(1)
        // Members found silent in it are decided about after it.
        case .lossBurst: at + length + .seconds(1)
        default: at + length
        }
    }
}

extension Fault {
    /// The longest time that this fault alone, on a quiet link with 100 ms hellos, may leave a VIP without an answer
    /// although a node could give one (I8, I9); nil where the whole link suffers.
    package var outageBound: Duration? {
        switch self {
        case .nodeCrash, .carrier, .mute, .cut, .pause: .milliseconds(330)
        // Found by what the deaf node echoes, an age and not a silence, and by each member in its own time.
        case .deaf: .milliseconds(620)
        case .powerCut, .lossBurst: nil
        default: .zero
        }
    }
}
