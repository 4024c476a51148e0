package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Sends every datagram back to where it came from: the other end of a `UDPStream`.
package struct UDPEcho: Service {
    package var host: String
    package var port: Int
    package var logger: Logger

    package init(host: String, port: Int, logger: Logger) {
        self.host = host
        self.port = port
        self.logger = logger
    }

    package func run() async throws {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            }
            .bind(host: host, port: port).get()
        logger.info("listening", metadata: ["address": "\(host):\(port)/udp"])
        await withGracefulShutdownHandler {
            // However the channel ends, the echo has ended with it.
            _ = try? await channel.closeFuture.get()
        } onGracefulShutdown: {
            channel.close(promise: nil)
        }
    }
}

private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        context.write(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: envelope.data)),
            promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    /// An unreachable client concerns the next one not at all.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
