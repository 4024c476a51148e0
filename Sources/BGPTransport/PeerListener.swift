package import Addresses
package import NIOCore
import NIOPosix

/// Accepts connections that routers open, one listener for each family. Used on its event loop only.
///
/// A router whose session has a password must have its key set here before its first packet comes: without it the
/// kernel refuses the packet.
package final class PeerListener {
    private let channel: any Channel

    private init(_ channel: any Channel) { self.channel = channel }

    /// Listens on all addresses of a family.
    /// - Parameter peer: called on the loop: whose connection it is, by its source; nil for nobody's, which is closed.
    package static func open(
        _ family: IPFamily, port: UInt16, on loop: any EventLoop,
        peer: @escaping (IPAddress) -> PeerTransport?
    ) -> EventLoopFuture<NIOLoopBound<PeerListener>> {
        let peer = NIOLoopBound(peer, eventLoop: loop)
        let address: SocketAddress
        do {
            address = try SocketAddress(family == .ipv4 ? IPAddress(v4: 0) : IPAddress(v6: 0), port: port)
        } catch {
            return loop.makeFailedFuture(error)
        }
        return ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelInitializer { channel in
                guard var options = SocketOptions(channel) else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                }
                options.setListener(family)
                return options.result
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptingHandler(peer.value))
                }
            }
            .bind(to: address)
            .map { NIOLoopBound(PeerListener($0), eventLoop: loop) }
    }

    /// The key of an address from now on; nil removes it. Live sessions keep theirs.
    package func setKey(_ password: TCPPassword?, for address: IPAddress) -> EventLoopFuture<Void> {
        guard var options = SocketOptions(channel) else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        options.setKey(password, for: address)
        return options.result
    }

    /// Accepts no more.
    package func close() { channel.close(promise: nil) }
}

/// Finds the peer of a connection once its source is known, before anything of it is read.
private final class AcceptingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let peer: (IPAddress) -> PeerTransport?

    init(_ peer: @escaping (IPAddress) -> PeerTransport?) { self.peer = peer }

    func channelActive(context: ChannelHandlerContext) {
        guard let source = context.remoteAddress?.address, let peer = peer(source) else {
            return context.close(promise: nil)
        }
        peer.accept(context.channel)
    }
}
