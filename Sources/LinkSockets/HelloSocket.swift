package import Addresses
import CLinux
import Glibc
package import NIOCore
import NIOPosix

/// The UDP socket that speakers of one link talk over: link-local multicast, and unicast to one of them.
///
/// Sent with TTL or hop limit 255; received only with 255, which the kernel checks before anybody is woken: a datagram
/// that came through a router is dropped unseen. Used on its event loop only.
///
/// The socket outlives its link's ups and downs. Of a deleted link it hears nothing more and says nothing: its owner
/// learns of that from the kernel's events.
package final class HelloSocket {
    /// 224.0.0.254, of the experimental range and link-local, so that no switch prunes it.
    package static let groupV4 = IPAddress(v4: 0xE000_00FE)
    /// ff02::114, likewise.
    package static let groupV6 = IPAddress(v6: 0xFF02 << 112 | 0x114)

    /// Nil once closed.
    private var output: Descriptor?
    private let channel: any Channel
    private let index: Int32
    private let port: UInt16
    private let group: IPAddress
    /// Datagrams that the kernel did not take (no route, a full queue, a link that is down).
    package private(set) var dropped = 0

    private init(output: consuming Descriptor, channel: any Channel, index: Int32, port: UInt16, group: IPAddress) {
        self.output = consume output
        self.channel = channel
        self.index = index
        self.port = port
        self.group = group
    }

    deinit { close() }

    /// Opens a socket on a link, in the network namespace of the calling thread.
    /// - Parameter handle: called on the loop with each datagram and the address it came from; with nil once if the socket
    ///   dies. It is not called with nil after `close()`.
    package static func open(
        _ family: IPFamily, index: Int32, name: String, port: UInt16, on loop: any EventLoop,
        handle: @escaping @Sendable ((bytes: [UInt8], source: IPAddress)?) -> Void
    ) throws(SocketError) -> EventLoopFuture<NIOLoopBound<HelloSocket>> {
        let group = family == .ipv4 ? groupV4 : groupV6
        let filter = PacketFilter.hopLimit255(isIPv6: family == .ipv6)
        let opened = unsafe clx_hello_socket(
            family == .ipv4 ? AF_INET : AF_INET6, name, index, port, group.octets, filter, UInt16(filter.count))
        guard opened >= 0 else { throw SocketError("open a hello socket on \(name), port \(port)", errno: errno) }
        let input = Descriptor(opened)
        let output = try input.duplicate().release()
        let number = input.release()
        return DatagramBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(handle: handle))
                }
            }
            .withBoundSocket(number)
            .map { channel in
                NIOLoopBound(
                    HelloSocket(output: Descriptor(output), channel: channel, index: index, port: port, group: group),
                    eventLoop: loop)
            }
            .flatMapErrorThrowing { error in
                Glibc.close(output)
                throw error
            }
    }

    /// Has multicast leave from this address of the link. Only IPv4 needs to be told: for IPv6 the kernel never chooses a
    /// deprecated address, which every VIP is.
    package func setSource(_ address: IPAddress) throws(SocketError) {
        guard let number = output?.number, group.family == .ipv4, address.family == .ipv4 else { return }
        guard unsafe clx_multicast_source(number, index, address.octets) == 0 else {
            throw SocketError("send hellos from \(address)", errno: errno)
        }
    }

    /// Sends a datagram to all speakers of the link, or to one. What the kernel does not take is lost, as on the wire,
    /// and counted. Past the channel, which an error of sending (a link that is down) would close.
    package func send(_ bytes: [UInt8], to address: IPAddress? = nil) {
        let destination = address ?? group
        guard destination.family == group.family else {
            dropped += 1
            return
        }
        let sent = unsafe clx_send_datagram(
            output?.number ?? -1, destination.family == .ipv4 ? AF_INET : AF_INET6, destination.octets, index, port,
            bytes,
            bytes.count)
        if sent < 0 { dropped += 1 }
    }

    /// Closes the socket; nothing is handed over after that.
    package func close() {
        output = nil
        channel.triggerUserOutboundEvent(Hush(), promise: nil)
    }
}

/// Each envelope is one datagram.
private final class DatagramHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundIn = Never

    private var handle: (@Sendable ((bytes: [UInt8], source: IPAddress)?) -> Void)?

    init(handle: @escaping @Sendable ((bytes: [UInt8], source: IPAddress)?) -> Void) { self.handle = handle }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let source = IPAddress(envelope.remoteAddress) else { return }
        handle?((Array(envelope.data.readableBytesView), source))
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        handle = nil
        context.close(promise: promise)
    }

    /// One datagram that could not be received says nothing of the next; what ends the channel makes it inactive.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    func channelInactive(context: ChannelHandlerContext) {
        handle?(nil)
        handle = nil
    }
}

extension IPAddress {
    /// The address of a socket address without port and scope; nil for a path.
    fileprivate init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(String(text.prefix { $0 != "%" }))
    }
}
