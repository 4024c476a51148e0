extension YAMLPosition {
    /// The place of a byte in a text.
    init(ofByte offset: Int, in text: String) {
        let before = text.utf8.prefix(max(0, offset))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map(before.index(after:)) ?? before.startIndex
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        self.init(line: line, column: column)
    }

    /// True if a tab stands there.
    func isTab(in text: String) -> Bool {
        let lines = text.unicodeScalars.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].dropFirst(column - 1).first == "\t"
    }
}
