import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

extension HTTPClient.Configuration {
    /// What requests and watches have in common; the caller adds the read timeout and the number of connections.
    static func makeForAPI(
        _ api: ClientConfiguration, limits: ClientLimits
    ) throws(ClientConfigurationError) -> HTTPClient.Configuration {
        var settings = HTTPClient.Configuration()
        if api.server.scheme == .https { settings.tlsConfiguration = try api.makeTLSConfiguration() }
        settings.httpVersion = .http1Only
        // The API never redirects, and the token must not follow a stranger's redirect.
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = TimeAmount(limits.connectTimeout)
        settings.timeout.write = TimeAmount(limits.answerTimeout)
        // Trying again is decided in one place, the callers' backoff: a refused connection is an answer.
        settings.connectionPool.retryConnectionEstablishment = false
        // Below what servers and balancers allow, so that a request seldom meets a connection that is being closed.
        settings.connectionPool.idleTimeout = .seconds(30)
        if let name = api.tlsServerName { settings.dnsOverride = [name: api.server.host] }
        settings.http1_1ConnectionDebugInitializer = { channel in keepAlive(channel, within: limits.userTimeout) }
        return settings
    }
}

/// Lets the kernel find a peer that is gone without a word: an unacknowledged byte or keepalive probe ends the
/// connection after `time`.
private func keepAlive(_ channel: any Channel, within time: Duration) -> EventLoopFuture<Void> {
    let seconds = max(1, Int(time.components.seconds))
    let options: [(NIOBSDSocket.OptionLevel, NIOBSDSocket.Option, Int)] = [
        (.socket, NIOBSDSocket.Option(rawValue: SO_KEEPALIVE), 1),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE), max(1, seconds / 2)),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL), max(1, seconds / 6)),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_KEEPCNT), 3),
        (.tcp, NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT), seconds * 1000),
    ]
    let set = options.map { level, name, value in
        channel.setOption(ChannelOptions.Types.SocketOption(level: level, name: name), value: value)
    }
    return EventLoopFuture.andAllSucceed(set, on: channel.eventLoop)
}

extension TimeAmount {
    /// A duration that fits: at most about 292 years.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .seconds(min(seconds, 9_000_000_000)) + .nanoseconds(attoseconds / 1_000_000_000)
    }
}
