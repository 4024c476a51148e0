import Addresses
import CMNL

/// A batch of netlink requests in one reused buffer.
///
/// Messages are laid out by hand rather than by one library call an attribute: 10,000 VIPs are 20,000 messages, and the
/// kernel's own cost of 4 us each is the bar.
struct MessageBuffer: ~Copyable {
    private(set) var bytes: [UInt8] = []
    private var messageStart = 0

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Starts a message (`struct nlmsghdr`); its length is filled in by `end()`.
    mutating func begin(type: UInt16, flags: UInt16, sequence: UInt32) {
        messageStart = bytes.count
        put(UInt32(0))
        put(type)
        put(flags)
        put(sequence)
        put(UInt32(0))
    }

    /// Ends the message begun last.
    mutating func end() { patch(UInt32(bytes.count - messageStart), at: messageStart) }

    /// Appends an integer in host order, as netlink has it.
    mutating func put(_ value: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: value) { raw in unsafe bytes.append(contentsOf: raw) }
    }

    /// Appends an attribute with an integer.
    mutating func attribute(_ type: UInt16, _ value: some FixedWidthInteger) {
        put(UInt16(4 + value.bitWidth / 8))
        put(type)
        put(value)
        pad()
    }

    /// Appends an attribute with bytes.
    mutating func attribute(_ type: UInt16, _ value: some Collection<UInt8>) {
        put(UInt16(4 + value.count))
        put(type)
        bytes.append(contentsOf: value)
        pad()
    }

    /// Appends an attribute with an address in network order, without an intermediate array.
    mutating func attribute(_ type: UInt16, _ address: IPAddress) {
        switch address.family {
        case .ipv4: attribute(type, UInt32(truncatingIfNeeded: address.bits).bigEndian)
        case .ipv6: attribute(type, address.bits.bigEndian)
        }
    }

    /// Appends an attribute with a string and its final zero.
    mutating func attribute(_ type: UInt16, _ text: String) { attribute(type, Array(text.utf8) + [0]) }

    /// Appends an attribute whose content the closure writes: nested attributes, or (`isFlagged` false) a structure.
    mutating func nested(_ type: UInt16, isFlagged: Bool = true, _ content: (inout MessageBuffer) -> Void) {
        let start = bytes.count
        put(UInt16(0))
        put(isFlagged ? type | UInt16(NLA_F_NESTED) : type)
        content(&self)
        patch(UInt16(bytes.count - start), at: start)
    }

    private mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }

    private mutating func patch(_ value: some FixedWidthInteger, at offset: Int) {
        unsafe withUnsafeBytes(of: value) { raw in
            for unsafe(index, byte) in unsafe raw.enumerated() { bytes[offset + index] = byte }
        }
    }
}
