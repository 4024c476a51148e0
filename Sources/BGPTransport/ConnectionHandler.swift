import NIOCore

/// Passes on what comes in by a connection, and its end.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    enum Event {
        case received([UInt8])
        /// With the system's words, empty if the peer closed it.
        case closed(String)
    }

    private let handle: (Event) -> Void
    private var failure = ""

    /// - Parameter handle: called on the channel's loop.
    init(handle: @escaping (Event) -> Void) { self.handle = handle }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        handle(.received(Array(unwrapInboundIn(data).readableBytesView)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = describe(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { handle(.closed(failure)) }
}
