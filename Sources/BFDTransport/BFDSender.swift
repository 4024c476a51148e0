import Addresses
import BFD
import CLinux
import Glibc

/// The socket that one session sends from: one source port for as long as the session lives (RFC 5881 4).
final class BFDSender {
    private let descriptor: CInt
    private let path: BFDPath
    /// Packets that the kernel did not take, as when the link is down.
    private(set) var dropped = 0

    init(_ path: BFDPath) throws(BFDSocketError) {
        let index = path.interface ?? 0
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        if index != 0, unsafe if_indextoname(index, &name) == nil {
            throw BFDSocketError("find interface \(index)", errno: errno)
        }
        descriptor = unsafe clx_bfd_sender(
            path.local.family == .ipv4 ? AF_INET : AF_INET6, path.local.octets, Int32(index), name)
        guard descriptor >= 0 else { throw BFDSocketError("send BFD from \(path.local)", errno: errno) }
        self.path = path
    }

    deinit { Glibc.close(descriptor) }

    func send(_ bytes: [UInt8]) {
        let sent = unsafe clx_send_datagram(
            descriptor, path.remote.family == .ipv4 ? AF_INET : AF_INET6, path.remote.octets,
            Int32(path.interface ?? 0), path.kind == .singleHop ? 3784 : 4784, bytes, bytes.count)
        if sent < 0 { dropped += 1 }
    }
}
