import Addresses
import ClusterConfiguration
import Testing

@Suite("Entries of a pool")
struct PoolEntryTests {
    @Test(
        "a prefix or a range, with spaces or without",
        arguments: [
            ("10.0.0.0/30", "10.0.0.0-10.0.0.3"), ("10.0.0.7/32", "10.0.0.7"), ("0.0.0.0/0", "0.0.0.0-255.255.255.255"),
            ("10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9"), ("10.0.0.1 - 10.0.0.9", "10.0.0.1-10.0.0.9"),
            (" 10.0.0.0/31 ", "10.0.0.0-10.0.0.1"), ("10.0.0.5-10.0.0.5", "10.0.0.5"),
            ("2001:db8::/127", "2001:db8::-2001:db8::1"), ("2001:DB8::5-2001:db8:0::9", "2001:db8::5-2001:db8::9"),
        ])
    func valid(text: String, expected: String) throws {
        #expect(try PoolEntry.range(text).description == expected)
    }

    @Test(
        "a prefix with host bits set is its whole network, as in MetalLB, with a word of caution",
        arguments: [
            ("10.0.0.17/24", "10.0.0.0-10.0.0.255", "10.0.0.0/24", "10.0.0.17/32"),
            (" 2001:db8::1/126", "2001:db8::-2001:db8::3", "2001:db8::/126", "2001:db8::1/128"),
        ])
    func hostBits(text: String, expected: String, network: String, host: String) throws {
        #expect(try PoolEntry.range(text).description == expected)
        #expect(
            PoolEntry.caution(text)
                == "has host bits set and counts as the whole network: write \(network) for that, \(host) for this "
                + "address alone")
        #expect(PoolEntry.caution("10.0.0.0/24") == nil)
        #expect(PoolEntry.caution("10.0.0.1-10.0.0.9") == nil)
    }

    @Test(
        "what is neither says what would be right",
        arguments: [
            ("10.0.0.9-10.0.0.1", "ends before it starts: write 10.0.0.1-10.0.0.9"),
            ("10.0.0.1-2001:db8::1", "mixes the families: it starts with IPv4 and ends with IPv6"),
            ("2001:db8::1-10.0.0.1", "mixes the families: it starts with IPv6 and ends with IPv4"),
            ("10.0.0.1", "is a single address: write 10.0.0.1/32"),
            ("2001:db8::1", "is a single address: write 2001:db8::1/128"),
            ("10.0.0.0/33", "has no prefix length of IPv4, a number from 0 to 32, after the slash"),
            ("10.0.0.0/", "has no prefix length of IPv4, a number from 0 to 32, after the slash"),
            ("10.0.0.0/24/8", "has no prefix length of IPv4, a number from 0 to 32, after the slash"),
            ("2001:db8::/129", "has no prefix length of IPv6, a number from 0 to 128, after the slash"),
            ("10.0.0/24", "holds \"10.0.0\", which is no IP address"),
            ("10.0.0.1-9", "holds \"9\", which is no IP address"),
            ("010.0.0.0/24", "holds \"010.0.0.0\", which is no IP address"),
            ("-10.0.0.1", "holds \"\", which is no IP address"),
            ("fe80::1%eth0-fe80::2", "holds \"fe80::1%eth0\", which is no IP address"),
            ("::ffff:10.0.0.0/120", "holds an IPv4 address in IPv6 form: write 10.0.0.0"),
            (
                "10.0.0.1-10.0.0.2-10.0.0.3",
                "has more than one dash: write a prefix such as 192.0.2.0/24 or a range such as 192.0.2.10-192.0.2.20"
            ),
            ("", "is empty: write a prefix such as 192.0.2.0/24 or a range such as 192.0.2.10-192.0.2.20"),
            ("   ", "is empty: write a prefix such as 192.0.2.0/24 or a range such as 192.0.2.10-192.0.2.20"),
            (
                "lan",
                "is neither a prefix nor a range: write a prefix such as 192.0.2.0/24 or a range such as 192.0.2.10-192.0.2.20"
            ),
        ])
    func invalid(text: String, message: String) {
        #expect(throws: PoolEntry.Problem.self) { try PoolEntry.range(text) }
        do { _ = try PoolEntry.range(text) } catch { #expect(error.message == message) }
    }
}
