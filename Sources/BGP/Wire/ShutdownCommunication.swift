/// A text for the operator at the other end (RFC 9003): "node drain".
package struct ShutdownCommunication: Sendable, Hashable {
    /// The text, without control characters and at most 128 bytes of UTF-8 where it is ours.
    package let text: String

    /// Peers of RFC 8203 take no more.
    private static let maximumLength = 128

    /// A text to send; what is past 128 bytes is cut, between characters.
    package init(_ text: String) {
        var kept = ""
        for character in Self.printable(text) {
            guard kept.utf8.count + character.utf8.count <= Self.maximumLength else { break }
            kept.append(character)
        }
        self.text = kept
    }

    /// The text in the data of a received Cease, or nil if there is none. What is no UTF-8, and control characters,
    /// are replaced; a length beyond the data counts as the data's.
    package init?(decoding data: some Collection<UInt8>) {
        guard let length = data.first else { return nil }
        let bytes = data.dropFirst().prefix(Int(length))
        guard !bytes.isEmpty else { return nil }
        text = Self.printable(String(decoding: bytes, as: UTF8.self))
    }

    /// Length and text.
    package var encoded: [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            // format characters can turn the direction of a terminal's line
            case .control, .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
