import CLinux

/// Socket filters (classic BPF): what the kernel drops before this process is woken.
enum PacketFilter {
    static func load(_ size: Int32, _ offset: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_LD | size | BPF_ABS), jt: 0, jf: 0, k: offset)
    }
    static func unless(_ value: UInt32, skip: UInt8) -> sock_filter {
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: skip, k: value)
    }
    static func keep(_ length: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: length)
    }
    /// SKF_AD_OFF + SKF_AD_PKTTYPE: how the packet came here.
    static let packetType = UInt32(bitPattern: -0x1000 + 4)

    /// ARP for IPv4 over Ethernet that others sent.
    static let arp: [sock_filter] = [
        load(BPF_B, packetType),
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 3, jf: 0, k: UInt32(PACKET_OUTGOING)),
        load(BPF_W, 14),  // hardware type 1, protocol type 0x0800
        unless(0x0001_0800, skip: 1),
        keep(UInt32.max),
        keep(0),
    ]

    /// Neighbour discovery that others sent, of the given ICMPv6 types, one or two. Extension headers before ICMPv6 are not
    /// looked behind: no neighbour discovery message has any. A hop limit below 255 came through a router (RFC 4861 7.1).
    static func neighborDiscovery(_ first: UInt8, _ second: UInt8) -> [sock_filter] {
        [
            load(BPF_B, packetType),
            sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 6, jf: 0, k: UInt32(PACKET_OUTGOING)),
            load(BPF_H, 14 + 6),  // next header, hop limit
            unless(58 << 8 | 255, skip: 4),
            load(BPF_H, 14 + 40),  // type, code
            sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 1, jf: 0, k: UInt32(first) << 8),
            unless(UInt32(second) << 8, skip: 1),
            keep(UInt32.max),
            keep(0),
        ]
    }

    /// UDP over IPv4 to the ports of BFD over one hop (3784) and of its echo packets (3785), without fragments and options
    /// of the header.
    static let bfd: [sock_filter] = [
        load(BPF_B, packetType),
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 10, jf: 0, k: UInt32(PACKET_OUTGOING)),
        load(BPF_B, 14),  // version, header length
        unless(0x45, skip: 8),
        load(BPF_B, 14 + 9),  // protocol
        unless(17, skip: 6),
        load(BPF_H, 14 + 6),  // flags and fragment offset
        sock_filter(code: UInt16(BPF_JMP | BPF_JSET | BPF_K), jt: 4, jf: 0, k: 0x3FFF),
        load(BPF_H, 14 + 20 + 2),  // destination port
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 1, jf: 0, k: 3784),
        unless(3785, skip: 1),
        keep(UInt32.max),
        keep(0),
    ]

    /// What a socket of that kind hears.
    static func program(for kind: FrameSocket.Kind) -> [sock_filter] {
        switch kind {
        case .arp: arp
        case .neighborAdvertisement: neighborDiscovery(136, 136)
        case .neighborDiscovery: neighborDiscovery(135, 136)
        case .routerDiscovery: neighborDiscovery(133, 134)
        case .bfd: bfd
        }
    }

    /// Datagrams with the time to live (IPv4) or hop limit (IPv6) 255: anything less came through a router. IP_MINTTL does
    /// not do it: for UDP the kernel ignores it.
    static func hopLimit255(isIPv6: Bool) -> [sock_filter] {
        // SKF_NET_OFF: from the start of the network header.
        [
            load(BPF_B, UInt32(bitPattern: -0x100000 + (isIPv6 ? 7 : 8))), unless(255, skip: 1), keep(UInt32.max),
            keep(0),
        ]
    }
}
