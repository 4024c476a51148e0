import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// Listens to the kernel's announcements of changes on an event loop.
///
/// The socket lives in the namespace of the loop's thread. When events were lost (ENOBUFS), the socket is opened anew and
/// then one `.overrun` is told, so that a dump made on it misses nothing.
package final class KernelMonitor: Sendable {
    private enum State: Sendable {
        /// Opening, or waiting to try again.
        case idle
        case listening(any Channel)
        case closed
    }

    private let loop: any EventLoop
    private let handle: @Sendable ([KernelEvent]) -> Void
    private let state = Mutex(State.idle)

    private init(loop: any EventLoop, handle: @escaping @Sendable ([KernelEvent]) -> Void) {
        self.loop = loop
        self.handle = handle
    }

    deinit { takeChannel()?.close(promise: nil) }

    /// Starts to listen. `handle` is called on the loop, once a datagram, with the events in the kernel's order.
    package static func start(
        on loop: any EventLoop, handle: @escaping @Sendable ([KernelEvent]) -> Void
    ) async throws -> KernelMonitor {
        let monitor = KernelMonitor(loop: loop, handle: handle)
        try await loop.flatSubmit { monitor.listen() }.get()
        return monitor
    }

    /// Stops to listen.
    package func close() async throws {
        guard let channel = takeChannel() else { return }
        do { try await channel.close() } catch ChannelError.alreadyClosed {}
    }

    /// The channel if there is one; there will be no other.
    private func takeChannel() -> (any Channel)? {
        state.withLock { state in
            defer { state = .closed }
            return if case .listening(let channel) = state { channel } else { nil }
        }
    }

    /// Opens a socket and hears it. On the loop.
    private func listen() -> EventLoopFuture<Void> {
        let socket: Int32
        do { socket = try EventSocket.open() } catch { return loop.makeFailedFuture(error) }
        return NIOPipeBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .channelOption(.maxMessagesPerRead, value: 64)
            .channelInitializer { [handle] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EventHandler(handle: handle))
                }
            }
            .takingOwnershipOfDescriptor(input: socket)
            .flatMapErrorThrowing { error in
                // A channel that could not be made leaves its descriptor to whom it came from.
                Glibc.close(socket)
                throw error
            }
            .map { [weak self] channel in
                guard let self, self.adopt(channel) else { return channel.close(promise: nil) }
                channel.closeFuture.whenComplete { [weak self] _ in self?.reopen() }
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
    private func reopen() {
        let isWanted = state.withLock { state in
            if case .closed = state { return false }
            state = .idle
            return true
        }
        guard isWanted else { return }
        listen().whenComplete { [weak self] result in
            guard let self else { return }
            switch result {
            case .success: self.handle([.overrun])
            case .failure:
                // Out of descriptors or memory, most likely; the owner reads everything anew each second in any case.
                self.loop.scheduleTask(in: .seconds(1)) { [weak self] in self?.reopen() }
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
        // ENOBUFS: the channel closes, and the monitor opens another one.
        context.close(promise: nil)
    }
}
