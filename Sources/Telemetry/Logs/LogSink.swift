import Glibc
import Synchronization

/// Takes whole lines to a file descriptor, one `write(2)` a line, so that lines of several threads and processes do not
/// mix (pipe(7): up to PIPE_BUF bytes are written in one piece).
///
/// A reader that has stopped must not stop a load balancer: before it writes, the sink asks whether the descriptor
/// takes the line, waits once for `patience`, and then drops lines, and counts them, until the descriptor takes them
/// again.
package final class LogSink: Sendable {
    private struct State {
        /// The reader has stopped; do not wait for it again with each line.
        var isStalled = false
        /// A line was cut in the middle; the next one starts with a line feed.
        var isCut = false
    }

    /// Where both executables log.
    package static let standardError = LogSink(descriptor: STDERR_FILENO)

    /// PIPE_BUF on Linux: what `poll` promises to be free in a pipe that it calls writable.
    private static let pieceSize = 4096

    private let descriptor: Int32
    private let patience: Duration
    private let state = Mutex(State())
    private let dropped = Atomic<Int>(0)

    /// - Parameters:
    package init(descriptor: Int32, patience: Duration = .milliseconds(50)) {
        self.descriptor = descriptor
        self.patience = patience
    }

    /// Lines that were lost because the descriptor did not take them.
    package var droppedLines: Int { dropped.load(ordering: .relaxed) }

    /// Writes one line; `line` ends in a line feed.
    package func write(_ line: [UInt8]) {
        state.withLock { state in
            let bytes = state.isCut ? [UInt8(ascii: "\n")] + line : line
            let written = writePieces(of: bytes, isStalled: &state.isStalled)
            if written == bytes.count {
                state.isCut = false
            } else {
                dropped.add(1, ordering: .relaxed)
                if written > 0 { state.isCut = true }
            }
        }
    }

    /// Returns how many bytes went out.
    private func writePieces(of bytes: [UInt8], isStalled: inout Bool) -> Int {
        var written = 0
        while written < bytes.count {
            guard isWritable(within: isStalled ? .zero : patience) else {
                isStalled = true
                return written
            }
            isStalled = false
            let end = min(written + Self.pieceSize, bytes.count)
            let count = unsafe bytes[written..<end].withUnsafeBytes { piece in
                unsafe Glibc.write(descriptor, piece.baseAddress, piece.count)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return written
            }
        }
        return written
    }

    /// Whether the descriptor takes `pieceSize` bytes without blocking. Files always do.
    private func isWritable(within patience: Duration) -> Bool {
        let milliseconds = Int32(
            clamping: patience.components.seconds * 1000 + patience.components.attoseconds / 1_000_000_000_000_000)
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = unsafe poll(&request, 1, milliseconds)
            if count >= 0 { return count > 0 && request.revents & Int16(POLLOUT) != 0 }
            if errno != EINTR { return false }
        }
    }
}
