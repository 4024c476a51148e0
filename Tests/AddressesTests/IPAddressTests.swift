import Addresses
import Testing

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "an address is read and written in canonical form (RFC 5952)",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::A", "2001:db8::a"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ])
    func canonical(text: String, expected: String) {
        #expect(IPAddress(text)?.description == expected)
    }

    @Test(
        "what Kubernetes' parser refuses is refused",
        arguments: [
            "", ".", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.-4", "1.2.3.+4", " 1.2.3.4", "1.2.3.4 ",
            "1..3.4",
            ":", ":::", "1::2::3", "12345::", "::g", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
            "::1%eth0",
            "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "1:", ":1", "+1::", "1:2:3:4:5:6:7:1.2.3.4", "²::", "1.2.3.٤",
        ])
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "octets and numbers are the same address both ways",
        arguments: ["10.20.30.1", "2001:db8::1", "::", "255.255.255.255"])
    func octets(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(IPAddress(octets: address.octets) == address)
        #expect(IPAddress(family: address.family, bits: address.bits) == address)
    }

    @Test("every IPv4 address sorts before every IPv6 address, and in numeric order within the family")
    func order() {
        let sorted = ["2001:db8::1", "9.0.0.1", "::1", "10.0.0.1"].compactMap(IPAddress.init).sorted()
        #expect(sorted.map(\.description) == ["9.0.0.1", "10.0.0.1", "::1", "2001:db8::1"])
    }

    @Test("the address after the last of a family is none")
    func next() {
        #expect(IPAddress("10.0.0.255")?.next?.description == "10.0.1.0")
        #expect(IPAddress("255.255.255.255")?.next == nil)
        #expect(IPAddress("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")?.next == nil)
    }

    @Test(
        "link-local addresses are known by their prefix",
        arguments: [
            ("169.254.77.1", true), ("169.255.0.1", false), ("fe80::1", true), ("febf::1", true), ("fec0::1", false),
        ])
    func linkLocal(text: String, expected: Bool) {
        #expect(IPAddress(text)?.isLinkLocal == expected)
    }

    @Test(
        "a MAC address is six pairs of digits",
        arguments: [
            ("52:54:00:AB:cd:0f", "52:54:00:ab:cd:0f"), ("52:54:00:ab:cd", nil), ("52:54:00:ab:cd:g0", nil),
            ("5:54:00:ab:cd:0f", nil),
        ])
    func mac(text: String, expected: String?) {
        #expect(MACAddress(text)?.description == expected)
        #expect(MACAddress(text).flatMap { MACAddress(octets: $0.octets) } == MACAddress(text))
    }
}
