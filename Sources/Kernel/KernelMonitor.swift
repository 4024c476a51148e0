import CMNL
import Glibc
package import NIOCore
import NIOPosix

/// Listens to the kernel's announcements of changes on an event loop.
///
/// The socket lives in the namespace of the thread that calls `start`. When events were lost (ENOBUFS), one `.overrun` is
/// told and the socket is opened anew.
package final class KernelMonitor: Sendable {
    private let loop: any EventLoop
    private let channel: NIOLoopBoundBox<(any Channel)?>

    private init(loop: any EventLoop) {
        self.loop = loop
        channel = NIOLoopBoundBox.makeEmptyBox(valueType: (any Channel).self, eventLoop: loop)
    }

    /// Starts to listen. `handle` is called on the loop, once a datagram, with the events in the kernel's order.
    package static func start(
        on loop: any EventLoop, handle: @escaping @Sendable ([KernelEvent]) -> Void
    ) async throws -> KernelMonitor {
        let monitor = KernelMonitor(loop: loop)
        let socket = try openEventSocket()
        try await monitor.listen(on: socket, handle).get()
        return monitor
    }

    /// Stops to listen.
    package func close() async throws {
        try await loop.flatSubmit { [channel, loop] in
            let open = channel.value
            channel.value = nil
            return open?.close() ?? loop.makeSucceededVoidFuture()
        }.get()
    }

    private func listen(on socket: Int32, _ handle: @escaping @Sendable ([KernelEvent]) -> Void) -> EventLoopFuture<
        Void
    > {
        NIOPipeBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EventHandler(handle: handle))
                }
            }
            .takingOwnershipOfDescriptor(input: socket)
            .map { [channel] opened in
                channel.value = opened
                opened.closeFuture.whenSuccess { self.reopen(after: opened, handle) }
            }
    }

    /// A socket that closed by itself lost events.
    private func reopen(after closed: any Channel, _ handle: @escaping @Sendable ([KernelEvent]) -> Void) {
        guard channel.value === closed else { return }
        handle([.overrun])
        guard let socket = try? Self.openEventSocket() else {
            // Out of descriptors or memory, most likely: the owner reads everything again each second in any case.
            loop.scheduleTask(in: .seconds(1)) { self.reopen(after: closed, handle) }
            return
        }
        listen(on: socket, handle).whenFailure { _ in handle([.overrun]) }
    }

    /// A non-blocking netlink socket that is a member of the groups of links, addresses, routes and netconf.
    private static func openEventSocket() throws(KernelError) -> Int32 {
        let descriptor = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
        guard descriptor >= 0 else { throw KernelError("open an event socket", errno: ErrorNumber.last) }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        var failed = bound != 0
        // Room for a burst of 10,000 route deletions, as when the lease ends.
        var room: Int32 = 8 * 1024 * 1024
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, socklen_t(MemoryLayout<Int32>.size))
        for group in [
            RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
            RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF,
        ] where !failed {
            var number = Int32(group.rawValue)
            failed =
                unsafe setsockopt(
                    descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &number, socklen_t(MemoryLayout<Int32>.size)) != 0
        }
        guard !failed else {
            let number = ErrorNumber.last
            Glibc.close(descriptor)
            throw KernelError("subscribe to kernel events", errno: number)
        }
        return descriptor
    }
}

/// Each read is one datagram of whole messages.
private final class EventHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let handle: @Sendable ([KernelEvent]) -> Void

    init(handle: @escaping @Sendable ([KernelEvent]) -> Void) { self.handle = handle }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let events = MessageReader(Array(buffer.readableBytesView)[...]).compactMap(KernelEvent.init)
        if !events.isEmpty { handle(events) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // ENOBUFS: the channel closes, and the monitor opens another one.
        context.close(promise: nil)
    }
}
