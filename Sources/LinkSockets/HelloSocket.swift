package import Addresses
import CLinux
import Glibc
package import NIOCore
import NIOPosix

/// The UDP socket that speakers of one link talk over: link-local multicast, and unicast to one of them.
///
/// Sent with TTL or hop limit 255; received only with 255, which the kernel checks before anybody is woken: a datagram
/// that came through a router is dropped unseen. Used on its event loop only.
package final class HelloSocket {
    /// 224.0.0.254, of the experimental range and link-local, so that no switch prunes it.
    package static let groupV4 = IPAddress(v4: 0xE000_00FE)
    /// ff02::114, likewise.
    package static let groupV6 = IPAddress(v6: 0xFF02 << 112 | 0x114)

    private let channel: any Channel
    private let index: Int32
    private let port: Int
    private let group: IPAddress

    private init(channel: any Channel, index: Int32, port: Int, group: IPAddress) {
        self.channel = channel
        self.index = index
        self.port = port
        self.group = group
    }

    /// Opens a socket on a link, in the network namespace of the calling thread.
    /// - Parameter handle: called on the loop with each datagram and the address it came from; with nil once if the socket
    ///   dies (the link is gone).
    package static func open(
        _ family: IPFamily, index: Int32, name: String, port: UInt16, on loop: any EventLoop,
        handle: @escaping @Sendable ((bytes: [UInt8], source: IPAddress)?) -> Void
    ) throws(SocketError) -> EventLoopFuture<NIOLoopBound<HelloSocket>> {
        let group = family == .ipv4 ? groupV4 : groupV6
        let filter = PacketFilter.hopLimit255(isIPv6: family == .ipv6)
        let opened = unsafe clx_hello_socket(
            family == .ipv4 ? AF_INET : AF_INET6, name, index, port, group.octets, filter, UInt16(filter.count))
        guard opened >= 0 else { throw SocketError("open a hello socket on \(name), port \(port)", errno: errno) }
        return DatagramBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(handle: handle))
                }
            }
            .withBoundSocket(opened)
            .map { channel in
                NIOLoopBound(
                    HelloSocket(channel: channel, index: index, port: Int(port), group: group), eventLoop: loop)
            }
    }

    /// Sends a datagram to all speakers of the link, or to one. What the kernel does not take is lost, as on the wire.
    package func send(_ bytes: [UInt8], to address: IPAddress? = nil) {
        guard let destination = try? socketAddress(address ?? group) else { return }
        channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: destination, data: channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    /// Closes the socket.
    package func close() { channel.close(promise: nil) }

    private func socketAddress(_ address: IPAddress) throws -> SocketAddress {
        // A link-local destination needs its link; the socket is bound to the same device in any case.
        let scope = address.family == .ipv6 ? "%\(index)" : ""
        return try SocketAddress(ipAddress: address.description + scope, port: port)
    }
}

/// Each envelope is one datagram.
private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let handle: @Sendable ((bytes: [UInt8], source: IPAddress)?) -> Void

    init(handle: @escaping @Sendable ((bytes: [UInt8], source: IPAddress)?) -> Void) { self.handle = handle }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        // A link-local source carries its link as `%eth0`.
        guard let text = envelope.remoteAddress.ipAddress, let source = IPAddress(String(text.prefix { $0 != "%" }))
        else { return }
        handle((Array(envelope.data.readableBytesView), source))
    }

    /// One datagram that could not be sent or received (the network is down, nobody is there) says nothing of the next.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    func channelInactive(context: ChannelHandlerContext) { handle(nil) }
}
