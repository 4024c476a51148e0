/// What the wires and switches of a simulated link do to frames.
package struct SimulatedLink: Sendable {
    /// The shortest and longest way of a frame. Frames of one sender overtake each other within it.
    package var delay: ClosedRange<Duration> = .microseconds(200) ... .milliseconds(1)
    /// The chance that a broadcast or multicast frame gets lost on its way to one receiver.
    package var loss = 0.0
    /// False where a switch or access point swallows multicast, though not broadcast.
    package var passesMulticast = true
    /// The chance that a unicast frame gets lost; switches and access points repeat these.
    package var unicastLoss = 0.0
    /// The chance that a frame arrives twice.
    package var duplication = 0.0
    /// The chance that a frame recorded earlier, whole or damaged, is sent again beside a new one.
    package var hostility = 0.0

    /// A quiet wired link.
    package init() {}
}

/// What cuts frames off, on top of chance.
struct Cuts: Sendable {
    /// Nodes that receive nothing, and how often that was asked for.
    var deaf: [Int: Int] = [:]
    /// Nodes that nobody receives.
    var mute: [Int: Int] = [:]
    /// Ordered pairs whose frames are lost.
    var pairs: [[Int]: Int] = [:]
    /// Extra loss while a burst lasts.
    var bursts: [Double] = []

    /// True if frames pass from one station to another. Stations beyond the nodes are clients and the gateway.
    func isOpen(_ from: Int, _ to: Int) -> Bool {
        mute[from, default: 0] == 0 && deaf[to, default: 0] == 0 && pairs[[from, to], default: 0] == 0
    }
}
