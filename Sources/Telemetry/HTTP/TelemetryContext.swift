import Hummingbird
import NIOCore

/// What a request's connection tells.
struct TelemetryContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Whether the connection comes from the host that the process runs on.
    let isFromThisHost: Bool

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        isFromThisHost = Self.isSameHost(
            remote: source.channel.remoteAddress?.ipAddress, local: source.channel.localAddress?.ipAddress)
    }

    /// Loopback, or both ends on one address. The kernel drops packets from outside that carry a source of its own
    /// (ip(7), martians), so that a completed handshake proves it.
    static func isSameHost(remote: String?, local: String?) -> Bool {
        guard let remote else { return false }
        let mapped = "::ffff:"
        let plain = remote.lowercased().hasPrefix(mapped) ? String(remote.dropFirst(mapped.count)) : remote
        return plain.hasPrefix("127.") || plain == "::1" || remote == local
    }
}
