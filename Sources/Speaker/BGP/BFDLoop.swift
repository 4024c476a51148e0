import BFD
import BFDTransport
package import Logging
package import NIOCore

/// Runs the node's BFD sessions on an event loop with nothing else to do. There is one session a path, however many peers
/// rely on it.
package actor BFDLoop {
    nonisolated let loop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.executor.asUnownedSerialExecutor() }

    private struct Guard {
        var discriminator: UInt32
        /// By the name of a peer, who is to be told.
        var users: [String: @Sendable (BFDStateChange) -> Void]
        var series: SessionSeries
    }

    private let transport: BFDTransport
    private let logger: Logger
    private var isOpen = false
    private var paths: [String: BFDPath] = [:]
    private var guards: [BFDPath: Guard] = [:]

    package init(on loop: any EventLoop, logger: Logger) {
        self.loop = loop
        self.logger = logger
        transport = BFDTransport(on: loop)
    }

    /// Guards the path to a peer from now on, or goes on with other settings.
    nonisolated func hold(
        _ peer: String, _ path: BFDPath, _ settings: BFDSettings,
        onChange: @escaping @Sendable (BFDStateChange) -> Void
    ) {
        loop.execute { self.assumeIsolated { $0.begin(peer, path, settings, onChange) } }
    }

    /// The peer is not guarded any more; its router is told that this is no failure.
    nonisolated func release(_ peer: String) {
        loop.execute { self.assumeIsolated { $0.end(peer) } }
    }

    private func begin(
        _ peer: String, _ path: BFDPath, _ settings: BFDSettings,
        _ onChange: @escaping @Sendable (BFDStateChange) -> Void
    ) {
        if paths[peer] != path { end(peer) }
        paths[peer] = path
        if let discriminator = guards[path]?.discriminator {
            guards[path]?.users[peer] = onChange
            return transport.configure(discriminator, settings)
        }
        do {
            try open()
            let discriminator = try transport.start(path, settings) { [weak self] change in
                self?.assumeIsolated { $0.tell(change, of: path) }
            }
            guards[path] = Guard(
                discriminator: discriminator, users: [peer: onChange], series: SessionSeries(peer: "\(path.remote)"))
        } catch {
            paths[peer] = nil
            logger.error("no BFD session", metadata: ["peer": "\(peer)", "error": "\(error)"])
        }
    }

    private func open() throws(BFDSocketError) {
        guard !isOpen else { return }
        isOpen = true
        let logger = logger
        try transport.open().whenFailure { error in
            logger.error("BFD packets are not heard", metadata: ["error": "\(error)"])
        }
    }

    private func end(_ peer: String) {
        guard let path = paths.removeValue(forKey: peer) else { return }
        guards[path]?.users[peer] = nil
        guard let discriminator = guards[path]?.discriminator, guards[path]?.users.isEmpty == true else { return }
        let ended = guards.removeValue(forKey: path)
        // The series have the router's address alone, as MetalLB's: another path to it goes on with them.
        if !guards.keys.contains(where: { $0.remote == path.remote }) { ended?.series.destroy() }
        transport.stop(discriminator)
    }

    /// Records all sessions as they are.
    func record() {
        for (path, session) in guards {
            if let status = transport.status(session.discriminator) { guards[path]?.series.record(status) }
        }
    }

    private func tell(_ change: BFDStateChange, of path: BFDPath) {
        for user in guards[path]?.users.values.map(\.self) ?? [] { user(change) }
    }
}
