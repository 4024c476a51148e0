import CLinux

extension PacketFilter {
    /// IPv4 packets that leave through the interface and may be answered: echo requests, TCP segments with SYN and without
    /// ACK, RST and FIN, UDP, SCTP packets without a verification tag, all other protocols. Not later fragments, and not what
    /// goes to a multicast or broadcast address. For a socket whose packets start with the network header.
    static let sink: [sock_filter] = [
        load(BPF_B, packetType),
        unless(UInt32(PACKET_OUTGOING), skip: 20),
        load(BPF_H, linkProtocol),
        unless(UInt32(ETH_P_IP), skip: 18),
        load(BPF_H, 6),  // flags and fragment offset
        jump(BPF_JSET, 0x1FFF, then: 16),
        load(BPF_B, 16),  // the destination's first byte
        jump(BPF_JGE, 224, then: 14),
        load(BPF_B, 9),  // protocol
        jump(BPF_JEQ, 17, then: 11),
        // The length of the header as the index register.
        sock_filter(code: UInt16(BPF_LDX | BPF_B | BPF_MSH), jt: 0, jf: 0, k: 0),
        jump(BPF_JEQ, 6, then: 6),
        jump(BPF_JEQ, 132, then: 3),
        unless(1, skip: 7),
        loadBehindHeader(BPF_B, 0),  // ICMP type
        jump(BPF_JEQ, 8, then: 5, else: 6),
        loadBehindHeader(BPF_W, 4),  // SCTP verification tag
        jump(BPF_JEQ, 0, then: 3, else: 4),
        loadBehindHeader(BPF_B, 13),  // TCP flags
        sock_filter(code: UInt16(BPF_ALU | BPF_AND | BPF_K), jt: 0, jf: 0, k: 0x17),
        unless(0x02, skip: 1),
        keep(UInt32.max),
        keep(0),
    ]

    /// SKF_AD_OFF + SKF_AD_PROTOCOL: what the packet is of, as an EtherType.
    private static let linkProtocol = UInt32(bitPattern: -0x1000)

    private static func jump(_ test: Int32, _ value: UInt32, then: UInt8, else otherwise: UInt8 = 0) -> sock_filter {
        sock_filter(code: UInt16(BPF_JMP | test | BPF_K), jt: then, jf: otherwise, k: value)
    }
    private static func loadBehindHeader(_ size: Int32, _ offset: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_LD | size | BPF_IND), jt: 0, jf: 0, k: offset)
    }
}
