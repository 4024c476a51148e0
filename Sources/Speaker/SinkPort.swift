import LinkSockets
import Logging
import NIOCore
import SinkReplies
import Synchronization

/// The socket on the sink, opened again whenever the sink is another one or was down. Used on the speaker's event loop
/// only; the socket itself works on another, so that nobody who floods a VIP delays a hello.
final class SinkPort: Sendable {
    private struct State {
        var index: Int32 = 0
        var socket: SinkSocket?
        /// A socket is being opened.
        var isOpening = false
    }

    let served = ServedPorts()
    private let loop: any EventLoop
    private let logger: Logger
    private let state = Mutex(State())

    init(on loop: any EventLoop, logger: Logger) {
        self.loop = loop
        self.logger = logger
    }

    /// What became of the packets, since the socket was opened last.
    var counts: SinkCounts { state.withLock { $0.socket?.counts } ?? SinkCounts() }

    /// Sees to it that a socket is open on this sink; called whenever that may not be so.
    func keepOpen(index: Int32) {
        let isDue = state.withLock { state in
            guard !state.isOpening, state.socket == nil || state.index != index else { return false }
            state.socket = nil
            state.index = index
            state.isOpening = true
            return true
        }
        guard isDue else { return }
        do {
            try SinkSocket.open(index: index, name: "toono0", served: served, on: loop) { [weak self] in
                self?.settle(on: nil)
            }.whenComplete { [weak self] result in
                switch result {
                case .success(let socket): self?.settle(on: socket)
                case .failure(let error): self?.fail(error)
                }
            }
        } catch {
            fail(error)
        }
    }

    private func settle(on socket: SinkSocket?) {
        state.withLock { state in
            state.socket = socket
            state.isOpening = false
        }
    }

    private func fail(_ error: any Error) {
        settle(on: nil)
        logger.error("addresses answer no ping and refuse no port", metadata: ["error": "\(error)"])
    }

    func close() {
        let socket = state.withLock { state in
            state.isOpening = true
            return state.socket.take()
        }
        socket?.close()
    }
}
