import Benchmarking
/// What damaged input is given to.
package enum FuzzTarget: String, Sendable, CaseIterable {
    /// Each decoder of a message of BGP.
    case open, update, notification, refresh, framer
    /// The session with a router, by whole conversations.
    case session
    /// The decoder of BFD, and sessions of BFD.
    case bfd
    /// Router advertisements, which unnumbered sessions begin with.
    case routers
    /// Frames that BFD's echo function hears.
    case echo

    /// Runs a case to its end. Whatever comes in, nothing traps.
    /// - Returns: what is wrong, or nil.
    package func run(seed: UInt64) -> String? {
        var random = SplitMix(seed: seed &* 0x2545_F491_4F6C_DD1D &+ UInt64(Self.allCases.firstIndex(of: self) ?? 0))
        return switch self {
        case .open: Decoders.open(&random)
        case .update: Decoders.update(&random)
        case .notification: Decoders.notification(&random)
        case .refresh: Decoders.refresh(&random)
        case .framer: Decoders.framer(&random)
        case .session: SessionConversation.run(&random)
        case .bfd: BFDConversation.run(&random)
        case .routers: RouterConversation.run(&random)
        case .echo: BFDConversation.echo(&random)
        }
    }
}
