import Addresses
import Wire

/// A datagram whose header passed the checks that need no key, and whose tag was not looked at yet. They come first
/// because they cost less than the tag does.
struct UnverifiedMessage {
    /// The header as it stands there; believe nothing of it before `verified()`.
    let header: OwnershipHeader
    private let bytes: [UInt8]
    private let keys: OwnershipKeys
    private let versions: ClosedRange<UInt8>
    private let keyID: UInt8
    private let elementCount: UInt16

    /// Reads the header and checks shape, key ID, instance, type and ranges.
    init(_ bytes: [UInt8], keys: OwnershipKeys, versions: ClosedRange<UInt8>) throws(OwnershipError) {
        guard bytes.count >= OwnershipHeader.length + OwnershipKeys.tagLength,
            bytes.count <= OwnershipMessage.maximumLength
        else { throw .length }
        let fields: Fields
        do throws(DecodeError) { fields = try Fields(bytes) } catch { throw .element(error) }
        guard fields.magic == OwnershipHeader.magic else { throw .magic }
        guard Int(fields.length) == bytes.count else { throw .length }
        guard keys.holds(fields.keyID) else { throw .key }
        guard let instance = InstanceID(bits: fields.instance) else { throw .instance }
        let isSpoken = versions.contains(fields.version)
        // A later version may have other types and ranges: its tag still decides whether it is one of ours.
        guard let type = OwnershipMessageType(rawValue: fields.type) ?? (isSpoken ? nil : .hello) else { throw .type }
        if isSpoken {
            guard (10...5000).contains(fields.interval), (3...10).contains(fields.multiplier),
                (1...32).contains(fields.rotation)
            else { throw .interval }
        }
        header = fields.header(type, instance)
        self.bytes = bytes
        self.keys = keys
        self.versions = versions
        keyID = fields.keyID
        elementCount = fields.elements
    }

    /// The message, if the tag is that of a shared key, its version is spoken here and its elements can be read.
    func verified() throws(OwnershipError) -> OwnershipMessage {
        let end = bytes.count - OwnershipKeys.tagLength
        guard keys.isValid(tag: bytes[end...], of: bytes[..<end], id: keyID) else { throw .tag }
        guard header.lowestVersion <= versions.upperBound else {
            throw .incompatible(instance: header.instance, lowestVersion: header.lowestVersion)
        }
        guard versions.contains(header.version) else { throw .version }
        var reader = WireReader(bytes[OwnershipHeader.length..<end], offset: OwnershipHeader.length)
        var elements: [OwnershipElement] = []
        elements.reserveCapacity(min(Int(elementCount), 16))
        for _ in 0..<elementCount {
            if let element = try OwnershipElement.read(from: &reader) { elements.append(element) }
        }
        guard reader.remaining == 0 else { throw .length }
        return OwnershipMessage(header: header, elements: elements)
    }
}

/// The header's fields as numbers.
private struct Fields {
    let magic: UInt32
    let version, lowestVersion, type, keyID: UInt8
    let instance: UInt64
    let sequence, claimsVersion: UInt32
    let claimsDigest: UInt64
    let flags, interval: UInt16
    let multiplier, rotation: UInt8
    let mac: MACAddress
    let length, elements: UInt16

    init(_ bytes: [UInt8]) throws(DecodeError) {
        var reader = WireReader(bytes)
        magic = try reader.uint32()
        version = try reader.uint8()
        lowestVersion = try reader.uint8()
        type = try reader.uint8()
        keyID = try reader.uint8()
        instance = try reader.uint64()
        sequence = try reader.uint32()
        claimsVersion = try reader.uint32()
        claimsDigest = try reader.uint64()
        flags = try reader.uint16()
        interval = try reader.uint16()
        multiplier = try reader.uint8()
        rotation = try reader.uint8()
        mac = MACAddress(octets: try reader.take(6)) ?? .zero
        length = try reader.uint16()
        elements = try reader.uint16()
    }

    func header(_ type: OwnershipMessageType, _ instance: InstanceID) -> OwnershipHeader {
        var header = OwnershipHeader(
            type: type, instance: instance, sequence: sequence, interval: interval, multiplier: multiplier, mac: mac)
        header.version = version
        header.lowestVersion = lowestVersion
        header.claimsVersion = claimsVersion
        header.claimsDigest = claimsDigest
        header.flags = MemberFlags(rawValue: flags).intersection(.known)
        header.rotation = rotation
        return header
    }
}
