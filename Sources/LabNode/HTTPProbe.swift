package import NIOCore
import NIOPosix
import Synchronization

/// Asks an HTTP server at a fixed rate, a new connection each time, and records the longest time without an answer.
///
/// Attempts overlap: one that hangs never delays the next, so the resolution is the interval whatever the outage.
package struct HTTPProbe: Sendable {
    package var address: SocketAddress
    package var interval: Duration
    /// How long an attempt may take before it counts as failed.
    package var timeout: TimeAmount

    package init(address: SocketAddress, interval: Duration, timeout: TimeAmount) {
        self.address = address
        self.interval = interval
        self.timeout = timeout
    }

    /// Probes for this long. An attempt still open at the end is waited for, up to its timeout.
    package func run(for duration: Duration, on group: any EventLoopGroup) async throws -> GapRecorder {
        let clock = ContinuousClock()
        let start = clock.now
        let recorder = Recorder()
        try await withThrowingDiscardingTaskGroup { attempts in
            var next = start
            while clock.now - start < duration {
                attempts.addTask {
                    let answered = await attempt(on: group)
                    let now = clock.now - start
                    recorder.gaps.withLock { answered ? $0.success(at: now) : $0.failure() }
                }
                next += interval
                try await clock.sleep(until: next)
            }
        }
        return recorder.gaps.withLock {
            $0.end(at: duration)
            return $0
        }
    }

    private final class Recorder: Sendable {
        let gaps = Mutex(GapRecorder())
    }

    /// One connection, one request; true if the status is 200. Every failure is the same to a user: no answer.
    private func attempt(on group: any EventLoopGroup) async -> Bool {
        let loop = group.next()
        let answer = loop.makePromise(of: Bool.self)
        let timeout = timeout
        let connected = ClientBootstrap(group: loop).connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StatusHandler(answer: answer))
                }
            }
            .connect(to: address)
        connected.whenSuccess { channel in
            channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
            channel.writeAndFlush(
                ByteBuffer(string: "GET / HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"), promise: nil)
        }
        connected.whenFailure { _ in answer.succeed(false) }
        return (try? await answer.futureResult.get()) ?? false
    }
}

/// Looks at the status line and closes. A promise that is completed already keeps its first answer.
private final class StatusHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<Bool>
    private var isAnswered = false

    init(answer: EventLoopPromise<Bool>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        finish(text.hasPrefix("HTTP/1.1 200"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { finish(false) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(false)
        context.close(promise: nil)
    }

    private func finish(_ value: Bool) {
        if !isAnswered { answer.succeed(value) }
        isAnswered = true
    }
}
