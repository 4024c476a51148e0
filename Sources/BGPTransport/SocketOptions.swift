import Addresses
import Glibc
import NIOCore

/// The options that sockets of BGP get from the kernel. One that cannot be set fails the connection: a session without
/// the protection that was asked for is none.
struct SocketOptions {
    private let provider: any SocketOptionProvider
    private let loop: any EventLoop
    private var results: [EventLoopFuture<Void>] = []

    /// Nil if the channel has no socket.
    init?(_ channel: any Channel) {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        self.provider = provider
        loop = channel.eventLoop
    }

    /// Succeeds if every option was set.
    var result: EventLoopFuture<Void> { EventLoopFuture.andAllSucceed(results, on: loop) }

    /// What every connection has: CS6, no delay, a bound on what the kernel takes and does not send (what is not yet
    /// taken can still be replaced by newer routes), a dead path found by the kernel too.
    ///
    /// The kernel takes more once half of the bound is sent, and a router that reads is not to be taken for one that does
    /// not (RFC 9687): with the shortest hold time of 3 s it has to read 16 KiB in that time. With 128 KiB a reader of
    /// 25 kB/s was cut off now and then.
    mutating func setCommon(_ family: IPFamily, userTimeout: Duration) {
        let networkControl: CInt = 0xC0
        switch family {
        case .ipv4: set(IPPROTO_IP, IP_TOS, networkControl)
        case .ipv6: set(IPPROTO_IPV6, IPV6_TCLASS, networkControl)
        }
        set(IPPROTO_TCP, TCP_NODELAY, CInt(1))
        set(IPPROTO_TCP, Self.notSentLowWater, CInt(32 << 10))
        let milliseconds = userTimeout / .milliseconds(1)
        set(IPPROTO_TCP, TCP_USER_TIMEOUT, CInt(max(1000, min(milliseconds, 3_600_000))))
    }

    /// TTL or hop limit, both ways.
    mutating func setDistance(_ distance: PeerEndpoint.Distance, _ family: IPFamily) {
        let (sent, least): (CInt, CInt?) =
            switch distance {
            case .direct: (1, nil)
            case .multihop: (64, nil)
            case .secured(let hops): (255, 256 - CInt(max(1, hops)))
            }
        switch family {
        case .ipv4:
            set(IPPROTO_IP, IP_TTL, sent)
            if let least { set(IPPROTO_IP, IP_MINTTL, least) }
        case .ipv6:
            set(IPPROTO_IPV6, IPV6_UNICAST_HOPS, sent)
            if let least { set(IPPROTO_IPV6, IPV6_MINHOPCOUNT, least) }
        }
    }

    /// What listeners have. The first answer to a router is the listener's, before anybody knows whose connection it is:
    /// it leaves with 255, or a router that demands that (GTSM) would not take it.
    mutating func setListener(_ family: IPFamily) {
        switch family {
        case .ipv4: set(IPPROTO_IP, IP_TTL, CInt(255))
        case .ipv6:
            set(IPPROTO_IPV6, IPV6_UNICAST_HOPS, CInt(255))
            // each family has a listener of its own: keys of IPv4 peers stay plain IPv4
            set(IPPROTO_IPV6, IPV6_V6ONLY, CInt(1))
        }
    }

    /// Keeps the socket to a device: a VRF, or the interface of a link-local address.
    mutating func bind(toDevice name: String) {
        var padded = InlineArray<16, UInt8>(repeating: 0)
        for (index, byte) in name.utf8.prefix(15).enumerated() { padded[index] = byte }
        set(Int(SOL_SOCKET), SO_BINDTODEVICE, padded)
    }

    /// The key for packets of an address; nil removes it. To be set before the connection begins.
    mutating func setKey(_ password: TCPPassword?, for address: IPAddress) {
        set(IPPROTO_TCP, TCP_MD5SIG, Self.signature(password, address))
    }

    /// `struct tcp_md5sig`: sockaddr_storage, flags and prefix length, key length, interface, key.
    private static func signature(_ password: TCPPassword?, _ address: IPAddress) -> InlineArray<216, UInt8> {
        var bytes = InlineArray<216, UInt8>(repeating: 0)
        let family = UInt16(address.family == .ipv4 ? AF_INET : AF_INET6)
        let key = password?.bytes ?? []
        write(family, at: 0, to: &bytes)
        // sockaddr_in has its address after the port, sockaddr_in6 after port and flow label
        let start = address.family == .ipv4 ? 4 : 8
        for (index, octet) in address.octets.enumerated() { bytes[start + index] = octet }
        write(UInt16(key.count), at: 130, to: &bytes)
        for (index, byte) in key.enumerated() { bytes[136 + index] = byte }
        return bytes
    }

    /// In the host's order.
    private static func write(_ number: UInt16, at index: Int, to bytes: inout InlineArray<216, UInt8>) {
        let order = number.littleEndian == number
        bytes[index] = UInt8(truncatingIfNeeded: order ? number : number >> 8)
        bytes[index + 1] = UInt8(truncatingIfNeeded: order ? number >> 8 : number)
    }

    private static let notSentLowWater: CInt = 25

    private mutating func set<Value: Sendable>(_ level: Int, _ name: CInt, _ value: Value) {
        results.append(
            provider.unsafeSetSocketOption(
                level: NIOBSDSocket.OptionLevel(rawValue: CInt(level)), name: NIOBSDSocket.Option(rawValue: name),
                value: value))
    }
}
