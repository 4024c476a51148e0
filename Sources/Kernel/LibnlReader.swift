import Addresses
import CNL
import Glibc

/// Reads interfaces through libnl-route, which knows the layout of their many attributes.
/// Unsafe storage: the one pointer is libnl's socket, which this class alone holds from `init` to `deinit`.
@safe final class LibnlReader {
    private let socket: OpaquePointer

    init() throws(KernelError) {
        guard let allocated = unsafe nl_socket_alloc() else {
            throw KernelError("allocate a netlink socket", errno: ENOMEM)
        }
        let code = unsafe nl_connect(allocated, 0)
        guard code == 0 else {
            unsafe nl_socket_free(allocated)
            throw Self.error("connect a netlink socket", code)
        }
        unsafe socket = allocated
    }

    deinit { unsafe nl_socket_free(socket) }

    /// All interfaces. A dump that other changes interrupted is started again a few times.
    func links() throws(KernelError) -> [Link] {
        var cache: OpaquePointer?
        var code: Int32 = 0
        for _ in 0..<5 {
            code = unsafe rtnl_link_alloc_cache(socket, 0, &cache)
            if code != -NLE_DUMP_INTR { break }
        }
        guard code == 0, let cache = unsafe cache else { throw Self.error("list links", code) }
        defer { unsafe nl_cache_free(cache) }
        var links: [Link] = []
        var object = unsafe nl_cache_get_first(cache)
        while let current = unsafe object {
            unsafe links.append(Self.link(current))
            unsafe object = nl_cache_get_next(current)
        }
        return links
    }

    private static func link(_ link: OpaquePointer) -> Link {
        let flags = unsafe rtnl_link_get_flags(link)
        let has = { (flag: UInt32) in flags & flag != 0 }
        let master = unsafe rtnl_link_get_master(link)
        return unsafe Link(
            index: rtnl_link_get_ifindex(link), name: rtnl_link_get_name(link).map { unsafe String(cString: $0) } ?? "",
            mac: mac(rtnl_link_get_addr(link)), isUp: has(0x1), isRunning: has(0x40), hasCarrier: has(0x10000),
            canBroadcast: has(0x2),
            hasNoARP: has(0x80), isLoopback: has(0x8), master: master > 0 ? master : nil, mtu: rtnl_link_get_mtu(link),
            kind: rtnl_link_get_type(link).map { unsafe String(cString: $0) })
    }

    private static func mac(_ address: OpaquePointer?) -> MACAddress? {
        guard let address = unsafe address, unsafe nl_addr_get_len(address) == 6,
            let bytes = unsafe nl_addr_get_binary_addr(address)
        else { return nil }
        return MACAddress(octets: unsafe Array(UnsafeRawBufferPointer(start: bytes, count: 6)))
    }

    private static func error(_ operation: String, _ code: Int32) -> KernelError {
        let number =
            switch abs(code) {
            case NLE_PERM: EPERM
            case NLE_NOACCESS: EACCES
            case NLE_NOMEM: ENOMEM
            case NLE_AGAIN: EAGAIN
            case NLE_INTR, NLE_DUMP_INTR: EINTR
            case NLE_AF_NOSUPPORT: EAFNOSUPPORT
            default: EIO
            }
        return KernelError(
            operation, errno: number, detail: unsafe nl_geterror(code).map { unsafe String(cString: $0) })
    }
}
