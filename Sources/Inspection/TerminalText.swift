extension String {
    /// The text with its control characters shown in place of sent: messages of events and speakers are anybody's, and a
    /// terminal obeys what it is sent. Lines stay lines.
    package var forTerminal: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isControl {
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// C0 but for the line feed, DEL and C1, and what turns the direction of text.
    fileprivate var isControl: Bool {
        switch value {
        case 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
