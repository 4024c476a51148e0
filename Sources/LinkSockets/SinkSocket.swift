import Addresses
import CLinux
import Glibc
package import NIOCore
import NIOPosix
package import SinkReplies
import Synchronization
import Timing

/// A socket on the sink, which answers for the VIPs that are routed there: they answer ping, and refuse the ports that no
/// Service has.
///
/// It works on the event loop that it was opened on, which should not be one with deadlines to keep: whoever can reach a
/// VIP can keep it busy up to the limit. All else may be used from anywhere.
package final class SinkSocket: Sendable {
    private let channel: any Channel
    private let tally: Tally

    fileprivate init(channel: any Channel, tally: Tally) {
        self.channel = channel
        self.tally = tally
    }

    deinit { close() }

    /// Opens a socket on the sink, in the network namespace of the calling thread.
    /// - Parameters:
    ///   - served: the ports that are never refused.
    ///   - responder: decides on the answers, and how many there are.
    ///   - ended: called on the loop once if the socket dies: the sink went down or is gone. A new one may be opened when
    ///     it is up again. Not called after `close()`.
    package static func open(
        index: Int32, name: String, served: ServedPorts, responder: SinkResponder = SinkResponder(),
        on loop: any EventLoop, ended: @escaping @Sendable () -> Void
    ) throws(SocketError) -> EventLoopFuture<SinkSocket> {
        let descriptors = try SinkDescriptors(index: index, name: name)
        let number = try descriptors.input.duplicate().release()
        let tally = Tally()
        return NIOPipeBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: packetCapacity))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        SinkHandler(
                            descriptors: descriptors, served: served, responder: responder, tally: tally, ended: ended))
                }
            }
            .takingOwnershipOfDescriptor(input: number)
            .map { SinkSocket(channel: $0, tally: tally) }
            .flatMapErrorThrowing { error in
                // A channel that could not be made leaves its descriptor to whom it came from.
                Glibc.close(number)
                throw error
            }
    }

    /// What became of the packets so far.
    package var counts: SinkCounts { tally.state.withLock { $0.counts } }

    /// Answers that the kernel did not take: no route, a packet filter, a subnet's broadcast address.
    package var dropped: Int { tally.state.withLock { $0.dropped } }

    /// Closes the socket; nothing is answered after that.
    package func close() { channel.triggerUserOutboundEvent(Hush(), promise: nil) }

    /// A jumbo frame's worth. What is longer is cut, and then not answered.
    private static let packetCapacity = 9216
}

/// What others read while the handler works.
private final class Tally: Sendable {
    struct State: Sendable {
        var counts = SinkCounts()
        var dropped = 0
    }
    let state = Mutex(State())
}

/// The descriptors of a socket on the sink, but for the one that its channel has.
private final class SinkDescriptors: Sendable {
    /// The packet socket.
    let input: Descriptor
    /// The raw socket that answers leave by.
    let output: Descriptor

    init(index: Int32, name: String) throws(SocketError) {
        let filter = PacketFilter.sink
        let opened = unsafe clx_sink_socket(index, filter, UInt16(filter.count), Self.receiveBuffer)
        guard opened >= 0 else { throw SocketError("open a packet socket on \(name)", errno: errno) }
        let input = Descriptor(opened)
        let raw = clx_raw_ipv4_socket()
        guard raw >= 0 else { throw SocketError("open a raw IPv4 socket", errno: errno) }
        self.input = consume input
        output = Descriptor(raw)
    }

    /// In bytes; the kernel doubles it for its own use: room for a hundred packets of 1500 bytes, or three of the smallest
    /// for each of these. What waits longer than it takes to answer so many is better not answered at all.
    private static let receiveBuffer: Int32 = 128 << 10
}

/// Each read is one packet.
private final class SinkHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never

    private let descriptors: SinkDescriptors
    private let served: ServedPorts
    private var responder: SinkResponder
    private let tally: Tally
    private var ended: (@Sendable () -> Void)?
    private var dropped = 0
    /// Set while nothing is read.
    private var resumption: Scheduled<Void>?

    init(
        descriptors: SinkDescriptors, served: ServedPorts, responder: SinkResponder, tally: Tally,
        ended: @escaping @Sendable () -> Void
    ) {
        self.descriptors = descriptors
        self.served = served
        self.responder = responder
        self.tally = tally
        self.ended = ended
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let packet = Array(unwrapInboundIn(data).readableBytesView)
        let now = Instant(nanoseconds: Int64(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds))
        let reply = responder.reply(to: packet[...], served: served.ports, at: now)
        // Before the answer is out: whoever got it finds it counted.
        publish()
        if let reply { send(reply) }
        if let deadline = responder.nextDeadline { pause(context, until: deadline) }
    }

    private func send(_ reply: SinkReply) {
        let sent = unsafe clx_send_datagram(
            descriptors.output.number, AF_INET, reply.destination.octets, 0, 0, reply.datagram, reply.datagram.count)
        if sent < 0 {
            dropped += 1
            publish()
        }
    }

    private func publish() {
        let state = Tally.State(counts: responder.counts, dropped: dropped)
        tally.state.withLock { $0 = state }
    }

    /// Reads nothing until then: the kernel drops what the small buffer does not hold, which costs this process nothing.
    private func pause(_ context: ChannelHandlerContext, until deadline: Instant) {
        guard resumption == nil else { return }
        setReading(false, context)
        let moment = NIODeadline.uptimeNanoseconds(UInt64(max(0, deadline.nanoseconds)))
        resumption = context.eventLoop.assumeIsolated().scheduleTask(deadline: moment) { [self] in
            resumption = nil
            responder.missed(Int(clx_packet_drops(descriptors.input.number)))
            publish()
            setReading(true, context)
        }
    }

    private func setReading(_ isReading: Bool, _ context: ChannelHandlerContext) {
        do {
            try context.channel.syncOptions?.setOption(.autoRead, value: isReading)
        } catch {
            // A closed channel reads nothing anyway.
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        ended = nil
        context.close(promise: promise)
    }

    /// ENETDOWN: the sink went down or is gone.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        resumption = nil
        ended?()
        ended = nil
    }
}
