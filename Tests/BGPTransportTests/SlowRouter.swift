import BGP
import BGPTestSupport
import NIOCore
import NIOPosix
import TestSupport

/// A router of AS 65000 that reads as slowly as a test wants, and keeps what it was told. Its kernel holds back little, so
/// that the speaker feels it soon.
final class SlowRouter: Sendable {
    /// What was read so far.
    struct Sight: Sendable {
        var table = ReceivedTable()
        var bytesRead = 0
        var isConnected = false
        /// How often a speaker connected.
        var connections = 0
    }

    /// How much is read at once.
    private static let portion = 1024

    let lan: TestLAN
    private let place: NamespaceLoop
    private let state: NIOLoopBound<State>

    /// What the loop alone touches.
    fileprivate final class State {
        var sight = Sight()
        var channel: (any Channel)?
        var reading: RepeatedTask?
        var talking: RepeatedTask?
    }

    /// Listens at the second station of a LAN; reads at full speed.
    init(on lan: TestLAN, holdSeconds: UInt16) async throws {
        self.lan = lan
        let place = try await NamespaceLoop(in: lan.stations[1])
        let state = try await place.run { NIOLoopBound(State(), eventLoop: place.loop) }
        self.place = place
        self.state = state
        let opened = Mailbox<Bool>()
        try await place.run {
            ServerBootstrap(group: place.loop)
                .serverChannelOption(.socketOption(.so_rcvbuf), value: 8192)
                .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.portion))
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(SlowHandler(state.value, holdSeconds))
                    }
                }
                .bind(host: "0.0.0.0", port: 179).whenComplete { opened.post((try? $0.get()) != nil) }
        }
        guard try await opened.take() else { throw RouterFailure(words: "the slow router cannot listen") }
    }

    var sight: Sight { get async throws { try await place.run { [state] in state.value.sight } } }

    /// Reads nothing more of its own accord.
    func stopReading() async throws {
        try await place.run { [state] in
            _ = state.value.channel?.setOption(.autoRead, value: false)
            state.value.reading?.cancel()
        }
    }

    /// Reads a portion of 1024 bytes each interval.
    func readSlowly(every interval: Duration) async throws {
        try await stopReading()
        try await place.run { [state, place] in
            let pause = TimeAmount(interval)
            state.value.reading = place.loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in
                state.value.channel?.read()
            }
        }
    }

    /// Reads all that there is.
    func readFast() async throws {
        try await stopReading()
        try await place.run { [state] in _ = state.value.channel?.setOption(.autoRead, value: true) }
    }

    func close() async throws {
        try await place.run { [state] in
            state.value.reading?.cancel()
            state.value.talking?.cancel()
            state.value.channel?.close(promise: nil)
        }
        try await place.close()
    }
}

/// Holds one session, with a KEEPALIVE each second.
private final class SlowHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let state: SlowRouter.State
    private let holdSeconds: UInt16

    init(_ state: SlowRouter.State, _ holdSeconds: UInt16) {
        self.state = state
        self.holdSeconds = holdSeconds
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        state.channel = channel
        state.sight.isConnected = true
        state.sight.connections += 1
        let open = OpenMessage(
            localAS: 65000, holdSeconds: holdSeconds, identifier: BGPIdentifier(hashing: "slow"),
            capabilities: [.multiprotocol(.ipv4Unicast), .fourOctetAS(65000)])
        channel.writeAndFlush(ByteBuffer(bytes: open.encoded), promise: nil)
        state.talking = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { _ in
            channel.writeAndFlush(ByteBuffer(bytes: BGPMessage.keepalive), promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        state.sight.bytesRead += bytes.count
        do throws(NotificationMessage) { try state.sight.table.readPart(bytes) } catch {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.sight.isConnected = false
        state.talking?.cancel()
    }
}
