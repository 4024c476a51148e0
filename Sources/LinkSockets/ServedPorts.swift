package import SinkReplies
import Synchronization

/// The ports that Services serve now: set by whoever follows Services, read by the socket on the sink, each on its own
/// thread. One outlives all sockets that are opened with it.
package final class ServedPorts: Sendable {
    private let current = Mutex<Set<ServedPort>?>(nil)

    /// Not known yet: no port is refused.
    package init() {}

    /// The ports that are never refused; nil while they are not known, and then none is. A port belongs here before its VIP
    /// is announced.
    package var ports: Set<ServedPort>? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
