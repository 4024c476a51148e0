import Addresses
import Testing

@Suite("Prefixes and ranges")
struct IPRangeTests {
    @Test(
        "a range is summarised to the fewest prefixes",
        arguments: [
            (
                "192.168.122.90", "192.168.122.100",
                ["192.168.122.90/31", "192.168.122.92/30", "192.168.122.96/30", "192.168.122.100/32"]
            ),
            ("10.0.0.0", "10.0.0.255", ["10.0.0.0/24"]), ("0.0.0.0", "255.255.255.255", ["0.0.0.0/0"]),
            ("10.0.0.1", "10.0.0.1", ["10.0.0.1/32"]), ("255.255.255.254", "255.255.255.255", ["255.255.255.254/31"]),
            ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/0"]),
            ("2001:db8::", "2001:db8::2", ["2001:db8::/127", "2001:db8::2/128"]),
        ])
    func summary(first: String, last: String, expected: [String]) throws {
        let (first, last) = try (#require(IPAddress(first)), #require(IPAddress(last)))
        let range = try #require(IPRange(first, last))
        #expect(range.prefixes.map(\.description) == expected)
        #expect(range.prefixes.map(\.range.count).reduce(0) { $0 == .max ? .max : $0 + $1 } == range.count)
    }

    @Test("a range never runs backwards nor across families")
    func refused() throws {
        let low = try #require(IPAddress("10.0.0.1"))
        let high = try #require(IPAddress("10.0.0.2"))
        #expect(IPRange(high, low) == nil)
        #expect(IPAddress("::1").flatMap { IPRange(low, $0) } == nil)
    }

    @Test(
        "a prefix is an address, a slash and a length of its family",
        arguments: [
            ("10.0.0.0/24", true), ("10.0.0.1/24", true), ("10.0.0.0/33", false), ("10.0.0.0", false),
            ("10.0.0.0/", false),
            ("10.0.0.0/024", false), ("10.0.0.0/-1", false), ("::/0", true), ("::/128", true), ("::/129", false),
            ("10.0.0.0/24/8", false),
        ])
    func prefix(text: String, valid: Bool) {
        #expect((IPPrefix(text) != nil) == valid)
    }

    @Test("host bits are seen and can be cleared")
    func hostBits() throws {
        let prefix = try #require(IPPrefix("192.168.122.7/24"))
        #expect(prefix.hasHostBits)
        #expect(prefix.network.description == "192.168.122.0/24")
        #expect(prefix.range.description == "192.168.122.0-192.168.122.255")
        #expect(IPAddress("192.168.122.255").map(prefix.contains) == true)
        #expect(IPAddress("192.168.123.0").map(prefix.contains) == false)
    }

    @Test("ranges overlap when they share an address")
    func overlap() throws {
        let one = try #require(IPPrefix("10.0.0.0/30")?.range)
        let (first, last) = try (#require(IPAddress("10.0.0.3")), #require(IPAddress("10.0.0.9")))
        let sharing = try #require(IPRange(first, last))
        let beside = try #require(IPPrefix("10.0.0.4/30")?.range)
        #expect(one.overlaps(sharing) && sharing.overlaps(one))
        #expect(!one.overlaps(beside))
    }
}
