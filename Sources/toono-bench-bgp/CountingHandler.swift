import BGP
import NIOCore

/// A router of AS 65000 that counts what it is told, and stores and says nothing: every speaker has the same to wait for.
final class CountingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let tally: Tally
    private var framer = MessageFramer()
    private var isEstablished = false
    private var keepalives: RepeatedTask?
    private let reading = UpdateContext(
        isInternal: false, isFourOctet: true, families: [.ipv4Unicast], peerAS: 65001)

    init(_ tally: Tally) { self.tally = tally }

    func channelActive(context: ChannelHandlerContext) {
        let open = OpenMessage(
            localAS: 65000, holdSeconds: 90, identifier: BGPIdentifier(hashing: "receiver"),
            capabilities: [.multiprotocol(.ipv4Unicast), .fourOctetAS(65000)])
        write(open.encoded, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framer.append(unwrapInboundIn(data).readableBytesView)
        do throws(NotificationMessage) {
            while let frame = try framer.next() { try take(frame, context) }
        } catch {
            say("the speaker is wrong: \(error)")
            context.close(promise: nil)
        }
    }

    private func take(_ frame: MessageFrame, _ context: ChannelHandlerContext) throws(NotificationMessage) {
        switch frame.type {
        case .open: write(BGPMessage.keepalive, context)
        case .update:
            let report = try UpdateReport(decoding: frame.body, in: reading)
            tally.add(announced: report.announced[.ipv4Unicast] ?? 0, withdrawn: report.withdrawn[.ipv4Unicast] ?? 0)
        case .keepalive: establish(context)
        case .notification: say("the speaker says: \(try NotificationMessage(decoding: frame.body))")
        case .routeRefresh: break
        }
    }

    private func establish(_ context: ChannelHandlerContext) {
        guard !isEstablished else { return }
        isEstablished = true
        tally.addSession()
        let channel = context.channel
        keepalives = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(20), delay: .seconds(20)) { _ in
            channel.writeAndFlush(ByteBuffer(bytes: BGPMessage.keepalive), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { keepalives?.cancel() }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}
