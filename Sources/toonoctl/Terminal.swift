import Foundation
import Glibc

/// The terminal behind standard output.
enum Terminal {
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// What fits on it; the usual size where it does not say.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// A second page without a cursor, so that what was on the terminal comes back (xterm's control sequences).
    static func enter() { write("\u{1B}[?1049h\u{1B}[?25l") }

    static func leave() { write("\u{1B}[?25h\u{1B}[?1049l") }

    /// Over what is there, line by line, so that nothing flickers.
    static func draw(_ lines: [String]) {
        write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
