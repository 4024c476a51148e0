/// Why the kernel did not do what it was asked for.
package struct KernelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted, in words: `list links`, `add route 192.0.2.1/32 dev toono0`.
    package var operation: String
    /// The error number, positive: `EPERM`.
    package var errno: Int32
    /// The kernel's extended acknowledgement, where it gave one.
    package var detail: String?

    package init(_ operation: String, errno: Int32, detail: String? = nil) {
        self.operation = operation
        self.errno = errno
        self.detail = detail
    }

    package var description: String {
        "cannot \(operation): \(ErrorNumber.text(errno))" + (detail.map { " (\($0))" } ?? "")
    }
}
