import NIOCore

/// One TCP connection of a session: bytes out, bounded, and an orderly end. Used on its loop only.
final class PeerConnection {
    /// How long the peer may take to close after us (its last words are void then).
    private static let patience: TimeAmount = .seconds(1)
    /// The kernel's progress is seen by pieces of this size.
    private static let pieceLength = 8192

    private let channel: any Channel
    /// Bytes that the kernel has not taken.
    private(set) var pending = 0
    private var isClosing = false
    /// Called when the kernel has taken a piece.
    var onProgress: (() -> Void)?

    init(_ channel: any Channel) { self.channel = channel }

    func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, !isClosing else { return }
        pending += bytes.count
        var buffer = channel.allocator.buffer(bytes: bytes)
        let this = NIOLoopBound(self, eventLoop: channel.eventLoop)
        while let piece = buffer.readSlice(length: min(Self.pieceLength, buffer.readableBytes)), piece.readableBytes > 0
        {
            let length = piece.readableBytes
            channel.write(piece).whenComplete { _ in this.value.took(length) }
        }
        channel.flush()
    }

    private func took(_ length: Int) {
        pending -= length
        if isClosing { endOutput() } else { onProgress?() }
    }

    /// Closes once what was written is gone, so that the last withdrawal and the last word arrive; or after a second.
    func close() {
        guard !isClosing else { return }
        isClosing = true
        guard channel.isActive else { return abort() }
        let this = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: Self.patience) { this.value.abort() }
        endOutput()
    }

    /// Closes now.
    func abort() {
        isClosing = true
        channel.close(promise: nil)
    }

    private func endOutput() {
        if pending == 0 { channel.close(mode: .output, promise: nil) }
    }
}
