import Addresses
import BFD
import CLinux

/// Socket filters (classic BPF) that drop packets whose TTL or hop limit is too low before this process is woken: for UDP
/// the kernel has no other check.
enum HopLimitFilter {
    /// SKF_NET_OFF: from the start of the network header.
    private static let network = UInt32(bitPattern: -0x100000)

    private static func instruction(_ code: Int32, _ k: UInt32, then: UInt8 = 0, otherwise: UInt8 = 0) -> sock_filter {
        sock_filter(code: UInt16(code), jt: then, jf: otherwise, k: k)
    }

    private static func hopLimit(_ family: IPFamily) -> sock_filter {
        instruction(BPF_LD | BPF_B | BPF_ABS, network &+ (family == .ipv4 ? 8 : 7))
    }

    /// One hop: 255 and nothing else (RFC 5881 5).
    static func singleHop(_ family: IPFamily) -> [sock_filter] {
        [
            hopLimit(family), instruction(BPF_JMP | BPF_JEQ | BPF_K, 255, otherwise: 1),
            instruction(BPF_RET | BPF_K, .max), instruction(BPF_RET | BPF_K, 0),
        ]
    }

    /// More hops: by source the least that its session takes; from others nothing.
    static func multiHop(_ family: IPFamily, least: [IPAddress: UInt8]) -> [sock_filter] {
        var program: [sock_filter] = []
        for (source, least) in least.sorted(by: { $0.key < $1.key }) where source.family == family {
            program += check(source, least)
        }
        return program + [instruction(BPF_RET | BPF_K, 0)]
    }

    /// If the packet is of the source, decides; else goes on behind.
    private static func check(_ source: IPAddress, _ least: UInt8) -> [sock_filter] {
        let family = source.family
        let start: UInt32 = family == .ipv4 ? 12 : 8
        let octets = source.octets
        let words = stride(from: 0, to: octets.count, by: 4).map { index in
            octets[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        let verdict = [
            hopLimit(family), instruction(BPF_JMP | BPF_JGE | BPF_K, UInt32(least), otherwise: 1),
            instruction(BPF_RET | BPF_K, .max), instruction(BPF_RET | BPF_K, 0),
        ]
        var program: [sock_filter] = []
        for (index, word) in words.enumerated() {
            let behind = (words.count - 1 - index) * 2 + verdict.count
            program.append(instruction(BPF_LD | BPF_W | BPF_ABS, network &+ start &+ UInt32(index * 4)))
            program.append(instruction(BPF_JMP | BPF_JEQ | BPF_K, word, otherwise: UInt8(behind)))
        }
        return program + verdict
    }
}
