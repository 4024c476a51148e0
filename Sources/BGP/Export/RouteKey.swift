import Addresses

/// A prefix as a key and as bytes on the wire, without the weight of both families in one type.
protocol RouteKey: Equatable, Sendable {
    static var family: IPFamily { get }
    /// The number of bytes that the prefix takes on the wire.
    var encodedLength: Int { get }

    /// The network of a prefix of this family.
    init(_ prefix: IPPrefix)
    var prefix: IPPrefix { get }
    /// A number for hashing that differs by one between neighbouring networks of one length.
    var ordinal: UInt64 { get }
    func write(to span: inout OutputSpan<UInt8>)
}

/// An IPv4 network.
struct IPv4RouteKey: RouteKey {
    /// The address above, the length in the last octet: one number hashes and compares fastest.
    private let bits: UInt64

    static var family: IPFamily { .ipv4 }
    var encodedLength: Int { 1 + (Int(bits & 0xFF) + 7) / 8 }
    var ordinal: UInt64 {
        let length = bits & 0xFF
        return (bits >> 8) >> (32 - length) | length << 40
    }

    init(_ prefix: IPPrefix) {
        let address = UInt64(truncatingIfNeeded: prefix.address.bits)
        let mask = UInt64(truncatingIfNeeded: ~UInt128(0) << UInt128(32 - prefix.length)) & 0xFFFF_FFFF
        bits = (address & mask) << 8 | UInt64(prefix.length)
    }

    var prefix: IPPrefix {
        let address = IPAddress(v4: UInt32(truncatingIfNeeded: bits >> 8))
        return IPPrefix(address, length: Int(bits & 0xFF)) ?? IPPrefix(host: address)
    }

    func write(to span: inout OutputSpan<UInt8>) {
        let length = UInt8(truncatingIfNeeded: bits)
        span.append(length)
        if length > 0 { span.append(UInt8(truncatingIfNeeded: bits >> 32)) }
        if length > 8 { span.append(UInt8(truncatingIfNeeded: bits >> 24)) }
        if length > 16 { span.append(UInt8(truncatingIfNeeded: bits >> 16)) }
        if length > 24 { span.append(UInt8(truncatingIfNeeded: bits >> 8)) }
    }
}

/// An IPv6 network.
struct IPv6RouteKey: RouteKey {
    private let high: UInt64
    private let low: UInt64
    private let length: UInt8

    static var family: IPFamily { .ipv6 }
    var encodedLength: Int { 1 + (Int(length) + 7) / 8 }
    var ordinal: UInt64 {
        let bits = length == 0 ? 0 : (UInt128(high) << 64 | UInt128(low)) >> UInt128(128 - length)
        return UInt64(truncatingIfNeeded: bits) ^ (UInt64(truncatingIfNeeded: bits >> 64) &* 0xFF51_AFD7_ED55_8CCD)
            ^ UInt64(length) << 56
    }

    init(_ prefix: IPPrefix) {
        let mask = prefix.length == 0 ? 0 : ~UInt128(0) << UInt128(128 - prefix.length)
        let bits = prefix.address.bits & mask
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
        length = UInt8(truncatingIfNeeded: prefix.length)
    }

    var prefix: IPPrefix {
        let address = IPAddress(v6: UInt128(high) << 64 | UInt128(low))
        return IPPrefix(address, length: Int(length)) ?? IPPrefix(host: address)
    }

    func write(to span: inout OutputSpan<UInt8>) {
        span.append(length)
        let count = (Int(length) + 7) / 8
        for index in 0..<count {
            let half = index < 8 ? high : low
            span.append(UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index & 7))))
        }
    }
}
