import Addresses
import BFD
import CLinux
import Glibc
import NIOCore
import NIOPosix

/// A socket that control packets of one family and kind come to. Used on its event loop only.
final class BFDReceiver {
    private let channel: any Channel
    private let descriptor: CInt

    private init(_ channel: any Channel, descriptor: CInt) {
        self.channel = channel
        self.descriptor = descriptor
    }

    /// Opens a socket in the network namespace of the calling thread, which is the loop's.
    /// - Parameter handle: called on the loop with each packet.
    static func open(
        _ family: IPFamily, _ kind: BFDPath.Kind, on loop: any EventLoop, handle: @escaping (BFDDatagram) -> Void
    ) throws(BFDSocketError) -> EventLoopFuture<NIOLoopBound<BFDReceiver>> {
        let filter =
            kind == .singleHop ? HopLimitFilter.singleHop(family) : HopLimitFilter.multiHop(family, least: [:])
        let port: UInt16 = kind == .singleHop ? 3784 : 4784
        let descriptor = unsafe clx_bfd_receiver(
            family == .ipv4 ? AF_INET : AF_INET6, port, filter, UInt16(filter.count))
        guard descriptor >= 0 else { throw BFDSocketError("listen for BFD on port \(port)", errno: errno) }
        let handle = NIOLoopBound(handle, eventLoop: loop)
        return DatagramBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 512))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelOption(.receivePacketInfo, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PacketHandler(kind, handle.value))
                }
            }
            .withBoundSocket(descriptor)
            .map { NIOLoopBound(BFDReceiver($0, descriptor: descriptor), eventLoop: loop) }
    }

    /// Takes packets of more hops by another filter from now on.
    func setFilter(_ filter: [sock_filter]) {
        guard channel.isActive else { return }
        _ = unsafe clx_attach_filter(descriptor, filter, UInt16(filter.count))
    }

    func close() { channel.close(promise: nil) }
}

/// Each envelope is one packet.
private final class PacketHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let kind: BFDPath.Kind
    private let handle: (BFDDatagram) -> Void

    init(_ kind: BFDPath.Kind, _ handle: @escaping (BFDDatagram) -> Void) {
        self.kind = kind
        self.handle = handle
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let source = IPAddress(envelope.remoteAddress), let info = envelope.metadata?.packetInfo,
            let destination = IPAddress(info.destinationAddress)
        else { return }
        // the filter has seen the TTL
        handle(
            BFDDatagram(
                bytes: Array(envelope.data.readableBytesView), kind: kind, source: source, destination: destination,
                interface: UInt32(clamping: info.interfaceIndex)))
    }

    /// One packet that could not be received says nothing of the next.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

extension IPAddress {
    /// The address of a socket address without port and scope; nil for a path.
    fileprivate init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(String(text.prefix { $0 != "%" }))
    }
}
