import Yams

extension YAMLPosition {
    /// A mark of the parser.
    init(_ mark: Mark?) { self.init(line: mark?.line ?? 1, column: mark?.column ?? 1) }

    /// The place of a byte in a text.
    init(ofByte offset: Int, in text: String) {
        let before = text.utf8.prefix(max(0, offset))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map(before.index(after:)) ?? before.startIndex
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        self.init(line: line, column: column)
    }
}

extension YAMLProblem {
    /// The parser's complaint in a user's words.
    init(_ error: YamlError, in text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let position = YAMLPosition(mark)
            if Self.line(position.line, of: text).dropFirst(position.column - 1).first == "\t" {
                self.init(position: position, message: "a tab, where YAML allows only spaces")
            } else {
                let context = context.map { ", \($0.text.trimmedOfSpaces) in line \($0.mark.line)" } ?? ""
                self.init(position: position, message: "is no YAML: \(problem)\(context)")
            }
        case .reader(let problem, let offset, let value, _):
            let code = value >= 0 ? " (U+\(String(value, radix: 16, uppercase: true)))" : ""
            self.init(
                position: YAMLPosition(ofByte: offset ?? 0, in: text), message: "is no YAML: \(problem)\(code)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "\"\($0.prefix(100))\"" }.prefix(10).joined(separator: ", ")
            self.init(
                position: YAMLPosition(context.mark),
                message: duplicates.count == 1
                    ? "the key \(keys) stands here twice" : "the keys \(keys) stand here twice")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            self.init(position: YAMLPosition(line: 1, column: 1), message: "cannot be read: \(error)")
        }
    }

    private static func line(_ number: Int, of text: String) -> Substring.UnicodeScalarView {
        let lines = text.unicodeScalars.split(
            separator: "\n", maxSplits: number, omittingEmptySubsequences: false)
        return lines.indices.contains(number - 1)
            ? Substring(lines[number - 1]).unicodeScalars : Substring().unicodeScalars
    }
}

extension String {
    fileprivate var trimmedOfSpaces: Substring {
        var rest = self[...].drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
