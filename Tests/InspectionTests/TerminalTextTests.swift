import Inspection
import Testing

@Suite("Text for a terminal")
struct TerminalTextTests {
    @Test(
        "control characters are shown and not sent",
        arguments: [
            ("plain\ntext, ä 漢 🛒", "plain\ntext, ä 漢 🛒"), ("\u{1B}]0;x\u{07}", "\\u{1b}]0;x\\u{7}"),
            ("\u{9B}2J", "\\u{9b}2J"), ("a\rb\tc\u{7F}", "a\\u{d}b\\u{9}c\\u{7f}"), ("\u{202E}x", "\\u{202e}x"),
            ("a\r\nb", "a\\u{d}\nb"), ("", ""),
        ])
    func escapes(text: String, shown: String) {
        #expect(text.forTerminal == shown)
    }
}
