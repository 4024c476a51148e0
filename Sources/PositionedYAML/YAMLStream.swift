/// Reads YAML into nodes that know where they stand.
package enum YAMLStream {
    /// A text longer than this is not looked at, in bytes. The API server lets no object be longer than 1.5 MiB.
    package static let maximumLength = 16 << 20
    /// A document with more values than this is refused: aliases can make a short text that large.
    package static let maximumCount = 2_000_000

    /// The documents of a text, without those that are empty.
    package static func documents(_ text: String) throws(YAMLProblem) -> [YAMLNode] {
        try check(text)
        var contiguous = text
        return try contiguous.withUTF8 { bytes in
            Result { () throws(YAMLProblem) in unsafe try documents(bytes, text) }
        }.get()
    }

    private static func documents(
        _ bytes: UnsafeBufferPointer<UInt8>, _ text: String
    ) throws(YAMLProblem) -> [YAMLNode] {
        var composer = YAMLComposer(unsafe try YAMLEventReader(bytes, text: text))
        var documents: [YAMLNode] = []
        while let node = try composer.document() {
            if !node.isNull { documents.append(node) }
        }
        return documents
    }

    /// Refuses what would keep the parser busy for ever.
    private static func check(_ text: String) throws(YAMLProblem) {
        let start = YAMLPosition(line: 1, column: 1)
        if text.utf8.count > maximumLength {
            throw YAMLProblem(
                position: start,
                message: "the text has \(text.utf8.count) bytes, more than the \(maximumLength) that are read")
        }
        if aliasExpansion(text) > 1e9 {
            throw YAMLProblem(
                position: start, message: "aliases (*NAME) of anchors (&NAME) would make the text too large")
        }
    }

    /// An upper bound of the size that aliases can make a text. An anchor's value can hold aliases of earlier anchors
    /// only, so that `a` aliases spread over the values of `n` anchors multiply the text by (1 + a/n)^n at most.
    private static func aliasExpansion(_ text: String) -> Double {
        var anchors = 0.0
        var aliases = 0.0
        var mayBegin = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&") where mayBegin: anchors += 1
            case UInt8(ascii: "*") where mayBegin: aliases += 1
            default: break
            }
            switch byte {
            case 0x20, 0x09, 0x0D, 0x0A, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"):
                mayBegin = true
            default: mayBegin = false
            }
        }
        guard anchors > 0 else { return 0 }
        var factor = 1.0
        for _ in 0..<Int(anchors) where factor < 1e12 { factor *= 1 + aliases / anchors }
        return factor == 1 ? 0 : factor * Double(text.utf8.count)
    }
}
