import NIOCore

/// Takes a list apart while it arrives: the elements of the outermost `items` one by one, and the envelope around them.
///
/// A list of ten thousand objects is tens of megabytes of JSON; decoded in one piece it takes several times that. This
/// way only one element's bytes are held at a time, and an element that does not decode spoils no other. It looks at
/// strings, brackets and the one key only: elements and envelope are checked when they are decoded.
struct ListSplitter {
    enum Failure: Error, Hashable {
        /// An element longer than an object can be.
        case itemTooLong(maximum: Int)
        /// More than a megabyte around the elements: no list.
        case envelopeTooLong
        /// An element that is no object.
        case itemIsNoObject
    }

    private enum Place { case envelope, betweenItems, item }

    private static let maximumEnvelope = 1 << 20
    private static let itemsKey = Array("items".utf8)

    private let maximumItem: Int
    private var place = Place.envelope
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The last string at depth 1, as far as it can still be the key; nil once it is longer.
    private var key: [UInt8]? = []
    /// What stands before the next value at depth 1 is the key `items`.
    private var isItemsNext = false
    /// The beginning of an element whose end has not arrived.
    private var partial = ByteBuffer()

    /// Everything but the elements: a complete JSON text once the list has arrived.
    private(set) var envelope = ByteBuffer()

    /// - Parameter maximumItem: bytes an element may have.
    init(maximumItem: Int) { self.maximumItem = maximumItem }

    /// The elements that are complete with what arrived, each a JSON object's text.
    mutating func split(_ chunk: ByteBuffer) throws(Failure) -> [ByteBuffer] {
        var items: [ByteBuffer] = []
        let bytes = chunk.readableBytesUInt8Span
        // Where the run begins that is not yet copied, to the envelope or to an element.
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            if isInString {
                scanString(byte)
                continue
            }
            switch place {
            case .envelope:
                if scanEnvelope(byte) {
                    try keepEnvelope(chunk, from: start, to: index + 1)
                    place = .betweenItems
                }
            case .betweenItems:
                start = index
                try scanBetweenItems(byte)
            case .item:
                if scanItem(byte) {
                    items.append(try finishItem(chunk, from: start, to: index + 1))
                    place = .betweenItems
                }
            }
        }
        switch place {
        case .envelope: try keepEnvelope(chunk, from: start, to: bytes.count)
        case .betweenItems: break
        case .item: try keepItem(chunk, from: start, to: bytes.count)
        }
        return items
    }

    private mutating func scanString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            return
        }
        guard place == .envelope, depth == 1 else { return }
        if let length = key?.count, length <= Self.itemsKey.count { key?.append(byte) } else { key = nil }
    }

    /// True if the byte opens the outermost `items`.
    private mutating func scanEnvelope(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            if depth == 1 { key = [] }
        case UInt8(ascii: ":"):
            if depth == 1 { isItemsNext = key == Self.itemsKey }
        case UInt8(ascii: ","):
            if depth == 1 { isItemsNext = false }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if depth == 1, isItemsNext, byte == UInt8(ascii: "[") { return true }
            depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
        default:
            break
        }
        return false
    }

    private mutating func scanBetweenItems(_ byte: UInt8) throws(Failure) {
        switch byte {
        case UInt8(ascii: "{"):
            place = .item
            depth = 2
        case UInt8(ascii: "]"):
            // The envelope goes on with this bracket.
            place = .envelope
            depth = 1
            isItemsNext = false
        case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
            break
        default:
            throw .itemIsNoObject
        }
    }

    /// True if the byte closes the element.
    private mutating func scanItem(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return depth == 1
        default:
            break
        }
        return false
    }

    private mutating func keepEnvelope(_ chunk: ByteBuffer, from start: Int, to end: Int) throws(Failure) {
        guard envelope.readableBytes + end - start <= Self.maximumEnvelope else { throw .envelopeTooLong }
        append(chunk, from: start, to: end, into: &envelope)
    }

    private mutating func keepItem(_ chunk: ByteBuffer, from start: Int, to end: Int) throws(Failure) {
        guard partial.readableBytes + end - start <= maximumItem else { throw .itemTooLong(maximum: maximumItem) }
        append(chunk, from: start, to: end, into: &partial)
    }

    private mutating func finishItem(_ chunk: ByteBuffer, from start: Int, to end: Int) throws(Failure) -> ByteBuffer {
        try keepItem(chunk, from: start, to: end)
        defer { partial = ByteBuffer() }
        return partial
    }

    private func append(_ chunk: ByteBuffer, from start: Int, to end: Int, into buffer: inout ByteBuffer) {
        guard let slice = chunk.getSlice(at: chunk.readerIndex + start, length: end - start) else { return }
        if buffer.readableBytes == 0 { buffer = slice } else { buffer.writeImmutableBuffer(slice) }
    }
}
