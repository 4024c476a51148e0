import Glibc

/// Why a socket on a link could not be opened or used.
package struct SocketError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted: `open an ARP socket on eth0`.
    package var operation: String
    package var errno: Int32

    package init(_ operation: String, errno: Int32) {
        self.operation = operation
        self.errno = errno
    }

    package var description: String {
        "cannot \(operation): " + (unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)")
    }
}
