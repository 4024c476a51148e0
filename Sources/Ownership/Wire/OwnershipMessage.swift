import Addresses
import Wire

/// A datagram between members of a link: header, elements, and on the wire a tag over both.
///
/// Sent by UDP to 224.0.0.254 or ff02::114 (link-local, of the ranges for experiments, so that snooping switches
/// flood them) or to one member, TTL or hop limit 255, never longer than 1400 bytes.
package struct OwnershipMessage: Sendable, Hashable {
    /// The most bytes of a datagram, tag included, so that no tunnel on a LAN fragments it.
    package static let maximumLength = 1400
    /// The bytes that elements can take.
    static let bodyLimit = maximumLength - OwnershipHeader.length - OwnershipKeys.tagLength

    /// The fixed fields.
    package var header: OwnershipHeader
    /// The body.
    package var elements: [OwnershipElement]

    /// A message of these parts.
    package init(header: OwnershipHeader, elements: [OwnershipElement]) {
        self.header = header
        self.elements = elements
    }

    /// The datagram, tagged with the sending key.
    package func encoded(keys: OwnershipKeys) -> [UInt8] {
        var body = WireWriter(capacity: 512)
        for element in elements { element.write(to: &body) }
        let length = OwnershipHeader.length + body.count + OwnershipKeys.tagLength
        var writer = WireWriter(capacity: length)
        header.write(to: &writer, keyID: keys.sendingID, length: length, elements: elements.count)
        writer.append(body.bytes)
        writer.append(keys.tag(writer.bytes))
        return writer.bytes
    }

    /// The message in a datagram, once everything of it was checked.
    package init(
        decoding bytes: [UInt8], keys: OwnershipKeys, versions: ClosedRange<UInt8> = 1...1
    ) throws(OwnershipError) {
        self = try UnverifiedMessage(bytes, keys: keys, versions: versions).verified()
    }
}
