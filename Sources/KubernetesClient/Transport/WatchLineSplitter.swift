import NIOCore

/// Cuts the body of a watch into its lines, one event each, wherever the network cut it. Holds at most one unfinished
/// line, and that no longer than its limit.
struct WatchLineSplitter {
    /// A line is longer than an object can be; the stream is of no more use.
    struct LineTooLong: Error, Hashable {
        var maximum: Int
    }

    private let maximum: Int
    private var pending = ByteBuffer()
    /// How much of `pending` is known to hold no line break.
    private var searched = 0

    /// - Parameter maximum: bytes a line may have without its line break.
    init(maximum: Int) { self.maximum = maximum }

    /// Takes in what arrived.
    mutating func append(_ chunk: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = chunk
        } else {
            // Without this the buffer grows for as long as no chunk ends where a line does.
            pending.discardReadBytes()
            pending.writeImmutableBuffer(chunk)
        }
    }

    /// The next whole line without its line break; nil until more arrives. Empty lines are passed over.
    mutating func nextLine() throws(LineTooLong) -> ByteBuffer? {
        while true {
            let view = pending.readableBytesView.dropFirst(searched)
            guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
                searched = pending.readableBytes
                if searched > maximum { throw LineTooLong(maximum: maximum) }
                return nil
            }
            let length = end - pending.readerIndex
            searched = 0
            if length > maximum { throw LineTooLong(maximum: maximum) }
            let line = pending.readSlice(length: length)
            pending.moveReaderIndex(forwardBy: 1)
            if let line, line.readableBytesView.contains(where: { $0 != UInt8(ascii: "\r") }) { return line }
        }
    }

    /// Bytes of memory held.
    var capacity: Int { pending.capacity }

    /// True if the body ended in the middle of a line.
    var hasUnfinishedLine: Bool { pending.readableBytes > 0 }
}
