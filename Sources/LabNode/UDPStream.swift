package import NIOCore
import NIOPosix

/// Sends numbered datagrams at a fixed rate to an echo and records which come back.
package struct UDPStream: Sendable {
    package var address: SocketAddress
    package var interval: TimeAmount
    /// How long after the last packet an answer still counts.
    package var patience: TimeAmount = .milliseconds(500)

    package init(address: SocketAddress, interval: TimeAmount) {
        self.address = address
        self.interval = interval
    }

    /// Sends for this long and returns once the last answers had their time.
    package func run(for duration: TimeAmount, on loop: any EventLoop) async throws -> StreamRecord {
        let finished = loop.makePromise(of: StreamRecord.self)
        let (address, interval, patience) = (address, interval, patience)
        let anyHost = address.protocol == .inet6 ? "::" : "0.0.0.0"
        let channel = try await DatagramBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        StreamHandler(
                            address: address, interval: interval, duration: duration, patience: patience,
                            finished: finished))
                }
            }
            .bind(host: anyHost, port: 0).get()
        defer { channel.close(promise: nil) }
        return try await finished.futureResult.get()
    }
}

private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let address: SocketAddress
    private let interval: TimeAmount
    private let duration: TimeAmount
    private let patience: TimeAmount
    private let finished: EventLoopPromise<StreamRecord>
    private var record = StreamRecord()
    private var start: NIODeadline = .now()

    init(
        address: SocketAddress, interval: TimeAmount, duration: TimeAmount, patience: TimeAmount,
        finished: EventLoopPromise<StreamRecord>
    ) {
        self.address = address
        self.interval = interval
        self.duration = duration
        self.patience = patience
        self.finished = finished
    }

    func channelActive(context: ChannelHandlerContext) {
        start = context.eventLoop.now
        sendNext(context, at: start)
    }

    /// The next packet is due a whole interval after this one was, however late it left: the rate holds.
    private func sendNext(_ context: ChannelHandlerContext, at due: NIODeadline) {
        let now = context.eventLoop.now
        guard now - start < duration else {
            context.eventLoop.assumeIsolated().scheduleTask(in: patience) { self.finished.succeed(self.record) }
            return
        }
        let number = record.send(at: .nanoseconds((now - start).nanoseconds))
        let data = context.channel.allocator.buffer(integer: number)
        context.writeAndFlush(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: address, data: data)), promise: nil)
        let next = due + interval
        context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.sendNext(context, at: next) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var envelope = unwrapInboundIn(data)
        if let number = envelope.data.readInteger(as: UInt32.self) { record.answer(number) }
    }

    /// A packet that could not leave, or was refused, is a lost one.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
