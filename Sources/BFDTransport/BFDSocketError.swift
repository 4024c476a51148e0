import Glibc

/// Why a socket of BFD could not be opened.
package struct BFDSocketError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted.
    package var operation: String
    package var errno: Int32

    init(_ operation: String, errno: Int32) {
        self.operation = operation
        self.errno = errno
    }

    package var description: String {
        "cannot \(operation): " + (unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)")
    }
}
