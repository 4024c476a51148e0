import CLinux
import CMNL
import Glibc

/// A libmnl socket of the routing family, in the network namespace of the thread that made it.
///
/// Extended acknowledgements are on (messages say what was wrong, in words), acknowledgements do not carry the request
/// back, and dumps are filtered by the kernel (strict checking).
///
/// Unsafe storage: the one pointer is libmnl's socket, which this class alone holds from `init` to `deinit`.
@safe final class NetlinkSocket {
    private let socket: OpaquePointer
    private var sequence: UInt32 = 0
    /// The kernel's dumps come in datagrams of 32 KiB at most.
    private var input = [UInt8](repeating: 0, count: 64 * 1024)

    init() throws(KernelError) {
        guard let opened = unsafe mnl_socket_open2(NETLINK_ROUTE, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw KernelError("open a netlink socket", errno: ErrorNumber.last)
        }
        unsafe socket = opened
        guard unsafe mnl_socket_bind(opened, 0, MNL_SOCKET_AUTOPID) == 0 else {
            let number = ErrorNumber.last
            unsafe mnl_socket_close(opened)
            throw KernelError("bind a netlink socket", errno: number)
        }
        // Each refused request of a batch is answered by a datagram of its own before any can be read: a kilobyte of
        // buffer each, where the default has room for 200. And should an answer be lost all the same, nobody waits for
        // ever: the kernel answers while the request is sent, so seconds of silence mean that nothing will come.
        unsafe Self.set(opened, SO_RCVBUFFORCE, Int32(1 << 20))
        unsafe Self.set(opened, SO_RCVTIMEO, timeval(tv_sec: 5, tv_usec: 0))
        // Older kernels lack an option or two; everything works without, with fewer words.
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            var on: Int32 = 1
            _ = unsafe mnl_socket_setsockopt(opened, Int32(option), &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    deinit { unsafe mnl_socket_close(socket) }

    private static func set<Value: BitwiseCopyable>(_ socket: OpaquePointer, _ option: Int32, _ value: Value) {
        var value = value
        _ = unsafe setsockopt(
            mnl_socket_get_fd(socket), SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Value>.size))
    }

    /// The next sequence number; numbers of one socket follow one another.
    func nextSequence() -> UInt32 {
        sequence &+= 1
        return sequence
    }

    /// Sends requests as one datagram.
    func send(_ bytes: [UInt8], for operation: String) throws(KernelError) {
        let sent = unsafe bytes.withUnsafeBytes { unsafe mnl_socket_sendto(socket, $0.baseAddress, $0.count) }
        if sent < 0 { throw KernelError(operation, errno: ErrorNumber.last) }
    }

    /// Receives one datagram. ENOBUFS (answers were lost) is an error like any other: the caller asks again.
    func receive(for operation: String) throws(KernelError) -> ArraySlice<UInt8> {
        while true {
            let count = unsafe input.withUnsafeMutableBytes {
                unsafe mnl_socket_recvfrom(socket, $0.baseAddress, $0.count)
            }
            if count >= 0 { return input[..<count] }
            let number = ErrorNumber.last
            switch number {
            case EINTR: continue
            case EAGAIN: throw KernelError(operation, errno: ETIMEDOUT, detail: "the kernel did not answer")
            default: throw KernelError(operation, errno: number)
            }
        }
    }
}
