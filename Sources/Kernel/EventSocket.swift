import CLinux
import CMNL
import Glibc

/// The netlink socket that the kernel tells its changes on.
enum EventSocket {
    /// Links, addresses, routes and forwarding. Not neighbours: of proxy entries the kernel tells nothing, and of ordinary
    /// ones more than anybody here wants to hear.
    private static let groups = [
        RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
        RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF,
    ]

    /// Room for a burst of 10,000 route deletions, as when the lease ends.
    private static let room: Int32 = 8 << 20

    /// Opens a non-blocking socket, in the namespace of the calling thread; whoever calls closes it.
    static func open() throws(KernelError) -> Int32 {
        let descriptor = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
        guard descriptor >= 0 else { throw KernelError("open an event socket", errno: ErrorNumber.last) }
        guard subscribe(descriptor) else {
            let number = ErrorNumber.last
            Glibc.close(descriptor)
            throw KernelError("subscribe to kernel events", errno: number)
        }
        return descriptor
    }

    /// Throws away what waits in the socket. Until it is empty the kernel drops further events without a word
    /// (NETLINK_S_CONGESTED), so an overrun has to be told after that and not before.
    static func empty(_ descriptor: Int32) {
        var byte: UInt8 = 0
        // Whoever fills the socket faster than this is heard of by the next overrun.
        for _ in 0..<1_000_000 {
            let count = unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
            if count < 0, ErrorNumber.last != ENOBUFS, ErrorNumber.last != EINTR { return }
        }
    }

    private static func subscribe(_ descriptor: Int32) -> Bool {
        // The forced form needs CAP_NET_ADMIN, which the speaker has; without it the system's limit has to do.
        if !set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, room) { _ = set(descriptor, SOL_SOCKET, SO_RCVBUF, room) }
        let filter = ownRoutesOnly
        guard unsafe clx_attach_filter(descriptor, filter, UInt16(filter.count)) == 0 else { return false }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        return bound == 0
            && groups.allSatisfy { set(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32($0.rawValue)) }
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Of route messages, lets through the removals of ours alone: on a node with a routing daemon the others come by the
    /// thousand, and none should wake anybody here. The kernel puts one message into a datagram.
    private static let ownRoutesOnly: [sock_filter] = {
        // The filter loads in network order what netlink holds in host order.
        let type = { (number: Int) in UInt32(UInt16(number).bigEndian) }
        let jump = UInt16(BPF_JMP | BPF_JEQ | BPF_K)
        return [
            sock_filter(code: UInt16(BPF_LD | BPF_H | BPF_ABS), jt: 0, jf: 0, k: 4),
            sock_filter(code: jump, jt: 4, jf: 0, k: type(RTMessage.newRoute)),
            sock_filter(code: jump, jt: 0, jf: 2, k: type(RTMessage.delRoute)),
            sock_filter(code: UInt16(BPF_LD | BPF_B | BPF_ABS), jt: 0, jf: 0, k: 16 + 5),  // rtm_protocol
            sock_filter(code: jump, jt: 0, jf: 1, k: UInt32(KernelOwner.protocolNumber)),
            sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max),
            sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
        ]
    }()
}
