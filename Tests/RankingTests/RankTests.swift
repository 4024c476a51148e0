import Addresses
import Ranking
import Testing

@Suite("Rank of a node for a VIP")
struct RankTests {
    /// First eight bytes of SHA-256(node#vip), as MetalLB computes them.
    static let vectors: [(vip: String, node: String, digest: UInt64)] = [
        ("10.20.30.1", "iris1", 0xe42a_d61a_4159_fa2d), ("10.20.30.1", "iris2", 0xaf6c_b4e7_6058_14d2),
        ("10.20.30.1", "node-a", 0x9689_afd5_10d9_1269), ("10.20.30.1", "node-b", 0x0867_af7f_46ac_d65c),
        ("10.20.30.1", "node-c", 0x95c3_be9b_a22b_2c6d), ("10.20.30.2", "iris1", 0x610c_5b6d_22f6_0ca5),
        ("10.20.30.2", "iris2", 0x6429_fb4c_07ee_ae89), ("10.20.30.2", "node-a", 0xc624_6464_57ee_13dc),
        ("10.20.30.2", "node-b", 0xcc23_6a57_4258_d1d6), ("10.20.30.2", "node-c", 0xaa68_8397_3f7b_f8ed),
        ("192.168.1.240", "node-a", 0x0905_ce28_e61d_7edb), ("192.168.1.240", "node-b", 0xc5db_6995_6edf_2871),
        ("192.168.1.240", "node-c", 0xa653_0f9d_b1eb_6e43), ("1000::1", "iris1", 0x503d_c275_2ece_0730),
        ("1000::1", "iris2", 0x8b87_41df_2833_dfb8), ("2001:db8::1", "node-a", 0x3c9f_88a7_e2ef_52a1),
        ("2001:db8::1", "node-b", 0x1aee_61dd_e2bd_8a0c), ("2001:db8::1", "node-c", 0xbb83_3059_784d_34c0),
    ]

    @Test("the digest is MetalLB's", arguments: vectors)
    func digest(vector: (vip: String, node: String, digest: UInt64)) throws {
        let vip = try #require(IPAddress(vector.vip))
        #expect(RankDigest(nodeName: vector.node, vip: vip).prefix == vector.digest)
    }

    @Test(
        "equal scores are ordered by digest",
        arguments: [
            ("10.20.30.1", ["node-b", "node-c", "node-a", "iris2", "iris1"]),
            ("10.20.30.2", ["iris1", "iris2", "node-c", "node-a", "node-b"]),
            ("192.168.1.240", ["node-a", "node-c", "node-b"]),
            ("2001:db8::1", ["node-b", "node-a", "node-c"]),
        ])
    func order(vip: String, expected: [String]) throws {
        let vip = try #require(IPAddress(vip))
        #expect(expected.sorted().map { Candidate($0) }.ranked(for: vip).map(\.nodeName) == expected)
    }

    @Test("a higher score goes before any digest")
    func score() throws {
        let vip = try #require(IPAddress("10.20.30.1"))
        let candidates = [Candidate("node-b"), Candidate("iris1", score: 10), Candidate("node-a", score: -1)]
        #expect(candidates.ranked(for: vip).map(\.nodeName) == ["iris1", "node-b", "node-a"])
    }

    @Test(
        "candidates come in one order, however they are given; none and one are an order too",
        arguments: [[], ["iris1"], ["iris1", "iris2"], ["iris1", "iris2", "node-a", "node-b", "node-c"]])
    func anyOrder(names: [String]) throws {
        let vip = try #require(IPAddress("10.20.30.1"))
        let candidates = names.enumerated().map { Candidate($1, score: Int32($0 % 2)) }
        let expected = candidates.ranked(for: vip)
        #expect(Set(expected) == Set(candidates) && expected.count == names.count)
        for turn in names.indices {
            #expect(Array(candidates[turn...] + candidates[..<turn]).ranked(for: vip) == expected)
        }
        #expect(Array(candidates.reversed()).ranked(for: vip) == expected)
    }

    @Test("the VIPs of several Services spread over the nodes")
    func spreads() throws {
        let candidates = ["node-a", "node-b", "node-c"].map { Candidate($0) }
        let owners = try (1...90).map { number in
            let vip = try #require(IPAddress("10.20.30.\(number)"))
            return candidates.ranked(for: vip).first?.nodeName
        }
        for name in ["node-a", "node-b", "node-c"] { #expect(owners.count { $0 == name } > 15) }
    }

    @Test("the canonical text of the VIP counts, not the one written")
    func canonical() throws {
        let long = try #require(IPAddress("2001:0DB8:0:0:0:0:0:1"))
        let short = try #require(IPAddress("2001:db8::1"))
        #expect(RankDigest(nodeName: "node-a", vip: long) == RankDigest(nodeName: "node-a", vip: short))
    }
}
