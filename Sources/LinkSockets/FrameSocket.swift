import CLinux
import Glibc
package import NIOCore
import NIOPosix

/// A raw socket on one link: hears the neighbour protocol of one family, and sends any frame.
///
/// Received frames are handed over on the event loop. Frames go out by `sendmmsg` on the same descriptor, past the
/// channel, which would join several into one. Used on its event loop only.
package final class FrameSocket {
    /// What is heard.
    package enum Kind: Sendable { case arp, neighborAdvertisement }

    private let output: Descriptor
    private let channel: any Channel
    /// Frames that the kernel did not take (a full queue, a link that is down).
    package private(set) var dropped = 0

    private init(output: consuming Descriptor, channel: any Channel) {
        self.output = output
        self.channel = channel
    }

    /// Opens a socket on a link, in the network namespace of the calling thread.
    /// - Parameter handle: called on the loop with each frame; with nil once if the socket dies (the link is gone).
    package static func open(
        _ kind: Kind, index: Int32, name: String, on loop: any EventLoop, handle: @escaping @Sendable ([UInt8]?) -> Void
    ) throws(SocketError) -> EventLoopFuture<NIOLoopBound<FrameSocket>> {
        let filter = kind == .arp ? PacketFilter.arp : PacketFilter.neighborAdvertisement
        let opened = unsafe clx_packet_socket(
            kind == .arp ? UInt16(ETH_P_ARP) : UInt16(ETH_P_IPV6), index, filter, UInt16(filter.count))
        guard opened >= 0 else { throw SocketError("open a packet socket on \(name)", errno: errno) }
        let copy = fcntl(opened, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else {
            let number = errno
            Glibc.close(opened)
            throw SocketError("duplicate a packet socket on \(name)", errno: number)
        }
        return NIOPipeBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FrameHandler(handle: handle))
                }
            }
            .takingOwnershipOfDescriptor(input: opened)
            .map { channel in
                NIOLoopBound(FrameSocket(output: Descriptor(copy), channel: channel), eventLoop: loop)
            }
    }

    /// Sends frames; what does not fit the queue now is dropped and counted.
    package func send(_ frames: [[UInt8]]) {
        guard !frames.isEmpty else { return }
        // One buffer for all, which holds still during the call.
        let bytes = Array(frames.joined())
        let lengths = frames.map { UInt32($0.count) }
        let sent = unsafe clx_send_frames(output.number, bytes, lengths, UInt32(lengths.count))
        dropped += frames.count - max(0, Int(sent))
    }

    /// Closes the socket.
    package func close() { channel.close(promise: nil) }
}

/// Each read is one frame.
private final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let handle: @Sendable ([UInt8]?) -> Void
    private var isDead = false

    init(handle: @escaping @Sendable ([UInt8]?) -> Void) { self.handle = handle }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        handle(Array(unwrapInboundIn(data).readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        if !isDead { handle(nil) }
        isDead = true
    }
}
