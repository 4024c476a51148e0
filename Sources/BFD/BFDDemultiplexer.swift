/// Which of the node's sessions a packet is for (RFC 5880 6.3, 6.8.6): the one that its discriminator names, or for
/// the first packets, which name none, the one with its sender. Sessions are known by our discriminators, which are
/// unique on the node.
package struct BFDDemultiplexer: Sendable {
    private var paths: [UInt32: BFDPath] = [:]
    private var discriminators: [BFDPath: UInt32] = [:]
    /// Packets that no session saw, by reason.
    package private(set) var dropped: [BFDDrop: Int] = [:]

    /// A node without sessions.
    package init() {}

    /// The discriminator for the session of a path: a new, random one unless the path has one.
    package mutating func discriminator(
        for path: BFDPath, using random: inout some RandomNumberGenerator
    ) -> UInt32 {
        if let known = discriminators[path] { return known }
        var drawn: UInt32
        repeat { drawn = random.next() } while drawn == 0 || paths[drawn] != nil
        paths[drawn] = path
        discriminators[path] = drawn
        return drawn
    }

    /// Forgets a session.
    package mutating func remove(_ discriminator: UInt32) {
        if let path = paths.removeValue(forKey: discriminator) { discriminators[path] = nil }
    }

    /// The path of a session.
    package func path(of discriminator: UInt32) -> BFDPath? { paths[discriminator] }

    /// The session that a datagram is for, and what it says. Counts what it refuses.
    package mutating func route(
        _ datagram: BFDDatagram
    ) throws(BFDError) -> (discriminator: UInt32, message: BFDMessage) {
        do throws(BFDError) {
            let message = try BFDMessage(decoding: datagram.bytes)
            return (try session(for: message, from: datagram), message)
        } catch {
            dropped[error.drop, default: 0] += 1
            throw error
        }
    }

    /// An echo packet that came back, or nil if it is of another session: of several on one link, each hears the packets of
    /// all. Counts what it refuses.
    /// - Parameter session: the one that heard it.
    package mutating func route(echo payload: [UInt8], heardBy session: UInt32) throws(BFDError) -> BFDEcho? {
        do throws(BFDError) {
            let echo = try BFDEcho(decoding: payload)
            guard paths[echo.discriminator]?.kind == .singleHop else { throw .echo }
            return echo.discriminator == session ? echo : nil
        } catch {
            dropped[error.drop, default: 0] += 1
            throw error
        }
    }

    private func session(for message: BFDMessage, from datagram: BFDDatagram) throws(BFDError) -> UInt32 {
        guard message.yourDiscriminator > 0 else {
            guard message.state == .down || message.state == .adminDown else { throw .yourDiscriminator }
            guard let found = discriminators[datagram.path] else { throw .unknownSender }
            return found
        }
        guard let path = paths[message.yourDiscriminator] else {
            throw .unknownDiscriminator(message.yourDiscriminator)
        }
        // The discriminator alone selects the session (RFC 5880 6.3), so that a router may answer from another of its
        // addresses; whoever could lie about the source address could copy it too. The interface is no such matter.
        guard path.kind == datagram.kind, path.interface == datagram.path.interface else { throw .interface }
        return message.yourDiscriminator
    }
}
