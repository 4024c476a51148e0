import Addresses

/// What a deadline of the machine is for.
enum TimerKey: Hashable, Sendable {
    /// The next hello.
    case hello
    /// The safety sweep, each second.
    case sweep
    /// The end of listening.
    case listening
    /// The lease has to be refreshed.
    case lease
    /// The announcement that is repeated each minute.
    case announcement
    /// HANDOVER datagrams that are due.
    case handover
    /// A whole table that was asked for.
    case tableAnswer
    /// The claims of a lost carrier are forgotten.
    case carrier
    /// The next RESTARTING hello, then the end.
    case restart
    /// Something about a peer: suspicion, question, decision, forgetting.
    case peer(InstanceID)
    /// A table is to be asked for.
    case tableRequest(InstanceID)
    /// A turn, a probe, a pause or a lingering ends.
    case vip(IPAddress)
}
