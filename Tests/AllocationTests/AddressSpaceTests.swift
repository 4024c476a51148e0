import Addresses
import Testing

@testable import Allocation

@Suite("Numbered addresses of a range")
struct AddressSpaceTests {
    @Test(
        "avoidBuggyIPs loses two addresses of each /24, and one for each end that sits on .0 or .255",
        arguments: [
            ("192.0.2.0/24", 254), ("192.0.2.0/23", 508), ("192.0.2.0/25", 127), ("192.0.2.128/25", 127),
            ("192.0.2.64/26", 64), ("192.0.2.0/32", 0), ("192.0.2.255/32", 0), ("192.0.2.255-192.0.3.0", 0),
            ("192.0.2.254-192.0.3.1", 2), ("0.0.0.0/32", 0), ("255.255.255.255/32", 0), ("10.0.0.0/8", 65536 * 254),
            ("2001:db8::/120", 256),
        ])
    func countsUsable(text: String, count: Int) throws {
        #expect(AddressSpace(try range(text), avoidBuggyIPs: true).count == UInt128(count))
    }

    @Test("numbers run without gaps over all usable addresses and no others", arguments: [false, true])
    func numbersWithoutGaps(avoidsBuggy: Bool) throws {
        let space = AddressSpace(try range("192.0.1.250-192.0.4.3"), avoidBuggyIPs: avoidsBuggy)
        var expected: UInt128 = 0
        var address = IPAddress("192.0.1.250")
        while let current = address, current <= space.range.last {
            if avoidsBuggy, current.octets[3] == 0 || current.octets[3] == 255 {
                #expect(space.number(of: current) == nil)
            } else {
                #expect(space.number(of: current) == expected)
                #expect(space.address(expected) == current)
                expected += 1
            }
            address = current.next
        }
        #expect(space.count == expected)
    }
}
