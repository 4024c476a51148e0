import CLinux
import Glibc
package import NIOCore
import NIOPosix

/// A raw socket on one link: hears one protocol, such as the neighbour protocol of a family, and sends any frame.
///
/// Received frames are handed over on the event loop. Frames go out by `sendmmsg` on a second descriptor of the same
/// socket, past the channel, which would join several into one. Used on its event loop only.
package final class FrameSocket {
    /// What is heard.
    package enum Kind: Sendable {
        /// ARP for IPv4 over Ethernet.
        case arp
        /// Neighbour advertisements.
        case neighborAdvertisement
        /// Neighbour solicitations and advertisements.
        case neighborDiscovery
        /// Router solicitations and advertisements.
        case routerDiscovery
        /// BFD over IPv4 and one hop: control packets, and echo packets, whatever their addresses.
        case bfd

        fileprivate var protocolNumber: UInt16 {
            switch self {
            case .arp: UInt16(ETH_P_ARP)
            case .neighborAdvertisement, .neighborDiscovery, .routerDiscovery: UInt16(ETH_P_IPV6)
            case .bfd: UInt16(ETH_P_IP)
            }
        }
    }

    /// Nil once closed.
    private var output: Descriptor?
    private let channel: any Channel
    /// Frames that the kernel did not take (a full queue, a link that is down).
    package private(set) var dropped = 0

    private init(output: consuming Descriptor, channel: any Channel) {
        self.output = consume output
        self.channel = channel
    }

    deinit { close() }

    /// Opens a socket on a link, in the network namespace of the calling thread.
    /// - Parameter handle: called on the loop with each frame; with nil once if the socket dies: the link went down or is
    ///   gone. It is not called with nil after `close()`.
    package static func open(
        _ kind: Kind, index: Int32, name: String, on loop: any EventLoop, handle: @escaping @Sendable ([UInt8]?) -> Void
    ) throws(SocketError) -> EventLoopFuture<NIOLoopBound<FrameSocket>> {
        let filter = PacketFilter.program(for: kind)
        let opened = unsafe clx_packet_socket(kind.protocolNumber, index, filter, UInt16(filter.count))
        guard opened >= 0 else { throw SocketError("open a packet socket on \(name)", errno: errno) }
        let input = Descriptor(opened)
        let output = try input.duplicate().release()
        let number = input.release()
        return NIOPipeBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FrameHandler(handle: handle))
                }
            }
            .takingOwnershipOfDescriptor(input: number)
            .map { NIOLoopBound(FrameSocket(output: Descriptor(output), channel: $0), eventLoop: loop) }
            .flatMapErrorThrowing { error in
                // A channel that could not be made leaves its descriptor to whom it came from.
                Glibc.close(number)
                Glibc.close(output)
                throw error
            }
    }

    /// Sends frames; what does not fit the queue now is dropped and counted.
    package func send(_ frames: [[UInt8]]) {
        guard !frames.isEmpty else { return }
        // One buffer for all, which holds still during the call.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frames.reduce(0) { $0 + $1.count })
        for frame in frames { bytes += frame }
        let lengths = frames.map { UInt32($0.count) }
        let sent = unsafe clx_send_frames(output?.number ?? -1, bytes, lengths, UInt32(lengths.count))
        dropped += frames.count - max(0, Int(sent))
    }

    /// Closes the socket; nothing is handed over after that.
    package func close() {
        output = nil
        channel.triggerUserOutboundEvent(Hush(), promise: nil)
    }
}

/// The owner of a socket closes it and wants to hear no more.
struct Hush: Sendable {}

/// Each read is one frame.
private final class FrameHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never

    private var handle: (@Sendable ([UInt8]?) -> Void)?

    init(handle: @escaping @Sendable ([UInt8]?) -> Void) { self.handle = handle }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        handle?(Array(unwrapInboundIn(data).readableBytesView))
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        handle = nil
        context.close(promise: promise)
    }

    /// ENETDOWN: the link went down or is gone.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        handle?(nil)
        handle = nil
    }
}
