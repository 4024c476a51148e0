import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// Listens to the kernel's announcements of changes on an event loop.
///
/// The socket lives in the namespace of the thread that opens it, and stays the same as long as the monitor does: when
/// events were lost (ENOBUFS), the channel that read it ends, the socket is read empty, another channel takes its place,
/// and then one `.overrun` is told. What happens after that waits in the socket or is told as another overrun, so that a
/// dump made on the overrun misses nothing.
package final class KernelMonitor: Sendable {
    private enum State: Sendable {
        /// Without a channel, but about to have one.
        case idle
        case listening(any Channel)
        case closed
    }

    private let loop: any EventLoop
    private let handle: @Sendable ([KernelEvent]) -> Void
    /// Open as long as the state is not `closed`; channels read copies of it.
    private let socket: Int32
    private let state = Mutex(State.idle)

    private init(
        socket: Int32, loop: any EventLoop, handle: @escaping @Sendable ([KernelEvent]) -> Void
    ) {
        self.socket = socket
        self.loop = loop
        self.handle = handle
    }

    deinit { end()?.close(promise: nil) }

    /// Opens the socket on the calling thread, in its namespace, and begins to listen. `handle` is called on the loop, once
    /// a datagram, with the events in the kernel's order.
    package static func open(
        on loop: any EventLoop, handle: @escaping @Sendable ([KernelEvent]) -> Void
    ) throws(KernelError) -> EventLoopFuture<KernelMonitor> {
        let monitor = KernelMonitor(socket: try EventSocket.open(), loop: loop, handle: handle)
        return monitor.listen().map { monitor }
    }

    /// The same for callers that wait.
    package static func start(
        on loop: any EventLoop, handle: @escaping @Sendable ([KernelEvent]) -> Void
    ) async throws -> KernelMonitor {
        try await open(on: loop, handle: handle).get()
    }

    /// Stops to listen.
    package func close() async throws {
        guard let channel = end() else { return }
        do { try await channel.close() } catch ChannelError.alreadyClosed {}
    }

    /// Closes the socket, once. There will be no other channel than the one returned, which is to be closed too.
    private func end() -> (any Channel)? {
        state.withLock { state in
            if case .closed = state { return nil }
            defer { state = .closed }
            Glibc.close(socket)
            return if case .listening(let channel) = state { channel } else { nil }
        }
    }

    /// Makes a channel that reads a copy of the socket.
    private func listen(afterOverrun: Bool = false) -> EventLoopFuture<Void> {
        let copy: (descriptor: Int32, errno: Int32) = state.withLock { state in
            if case .closed = state { return (-1, EBADF) }
            return (fcntl(socket, F_DUPFD_CLOEXEC, 0), errno)
        }
        guard copy.descriptor >= 0 else {
            return loop.makeFailedFuture(KernelError("duplicate an event socket", errno: copy.errno))
        }
        if afterOverrun { EventSocket.empty(copy.descriptor) }
        return NIOPipeBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelInitializer { [handle] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EventHandler(handle: handle))
                }
            }
            .takingOwnershipOfDescriptor(input: copy.descriptor)
            .flatMapErrorThrowing { error in
                // A channel that could not be made leaves its descriptor to whom it came from.
                Glibc.close(copy.descriptor)
                throw error
            }
            .map { [weak self] channel in
                guard let self, self.adopt(channel) else { return channel.close(promise: nil) }
                channel.closeFuture.whenComplete { [weak self] _ in self?.resume() }
            }
    }

    private func adopt(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard case .idle = state else { return false }
            state = .listening(channel)
            return true
        }
    }

    /// A channel that closed by itself lost events.
    private func resume() {
        let isWanted = state.withLock { state in
            if case .closed = state { return false }
            state = .idle
            return true
        }
        guard isWanted else { return }
        listen(afterOverrun: true).whenComplete { [weak self] result in
            guard let self else { return }
            switch result {
            case .success: self.handle([.overrun])
            case .failure:
                // Out of descriptors or memory, most likely; the owner reads everything anew each second in any case.
                self.loop.scheduleTask(in: .seconds(1)) { [weak self] in self?.resume() }
            }
        }
    }
}

/// Each read is one datagram of whole messages.
private final class EventHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let handle: @Sendable ([KernelEvent]) -> Void

    init(handle: @escaping @Sendable ([KernelEvent]) -> Void) { self.handle = handle }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var messages = MessageReader(Array(unwrapInboundIn(data).readableBytesView)[...])
        var events: [KernelEvent] = []
        while let message = messages.next() {
            if let event = KernelEvent(message) { events.append(event) }
        }
        // A message longer than the buffer was cut: what it said is to be read anew.
        if !messages.isAtEnd { events.append(.overrun) }
        if !events.isEmpty { handle(events) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // ENOBUFS: the channel closes, and the monitor makes another one.
        context.close(promise: nil)
    }
}
