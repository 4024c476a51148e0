import Glibc

/// A file descriptor that is closed when nobody holds it any more.
struct Descriptor: ~Copyable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { Glibc.close(number) }

    /// A second descriptor of the same socket: one for the channel that reads, one to send on.
    func duplicate() throws(SocketError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SocketError("duplicate a socket", errno: errno) }
        return Descriptor(copy)
    }

    /// Gives the descriptor away to someone else who closes it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
