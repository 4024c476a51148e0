import Wire

/// The first message of a session (RFC 4271 4.2), framed but not judged: whether it fits is the session's question.
package struct OpenMessage: Sendable, Hashable {
    /// Stands in the 16-bit field for an AS number that does not fit (RFC 6793).
    static let asTrans: UInt16 = 23456

    /// The 16-bit AS field.
    package var shortAS: UInt16
    /// The proposed hold time in seconds.
    package var holdSeconds: UInt16
    /// The identifier; 0 is not allowed but can come.
    package var identifierBits: UInt32
    /// In the order in which they came, repeated ones included.
    package var capabilities: [Capability]

    /// An OPEN of ours.
    package init(localAS: UInt32, holdSeconds: UInt16, identifier: BGPIdentifier, capabilities: [Capability]) {
        shortAS = UInt16(exactly: localAS) ?? Self.asTrans
        self.holdSeconds = holdSeconds
        identifierBits = identifier.bits
        self.capabilities = capabilities
    }

    /// The AS of the capability, if it has one.
    package var fourOctetAS: UInt32? {
        for case .fourOctetAS(let number) in capabilities { return number }
        return nil
    }

    /// The speaker's AS number.
    package var speakerAS: UInt32 { fourOctetAS ?? UInt32(shortAS) }

    /// The families it has routes for: IPv4 alone where it names none (RFC 4760 8).
    package var families: Set<AddressFamily> {
        var families: Set<AddressFamily> = []
        for case .multiprotocol(let family) in capabilities { families.insert(family) }
        return families.isEmpty ? [.ipv4Unicast] : families
    }

    /// The value of the graceful restart capability; the last one counts where it is repeated (RFC 4724 3).
    package var gracefulRestart: GracefulRestart? {
        for case .gracefulRestart(let restart) in capabilities.reversed() { return restart }
        return nil
    }

    /// What stands under "long-lived graceful restart"; empty without the capability.
    package var longLivedFamilies: [Capability.LongLivedFamily] {
        for case .longLivedGracefulRestart(let families) in capabilities { return families }
        return []
    }

    /// True if one of the capabilities offers next hops of that kind.
    package func offers(_ nextHop: Capability.ExtendedNextHop) -> Bool {
        capabilities.contains { capability in
            guard case .extendedNextHop(let entries) = capability else { return false }
            return entries.contains(nextHop)
        }
    }

    /// An OPEN from the body of a message.
    package init(decoding body: ArraySlice<UInt8>) throws(NotificationMessage) {
        capabilities = []
        let parameters: [(type: UInt8, value: WireReader)]
        // the framer lets no shorter body through; checked again so that nothing depends on it
        guard body.count >= 10 else { throw .badMessageLength(MessageType.headerLength + body.count) }
        guard body.first == 4 else { throw .unsupportedVersion }
        do throws(DecodeError) {
            var reader = WireReader(body.dropFirst())
            shortAS = try reader.uint16()
            holdSeconds = try reader.uint16()
            identifierBits = try reader.uint32()
            parameters = try Self.parameters(&reader)
        } catch { throw .unparsableOpen }
        guard parameters.allSatisfy({ $0.type == 2 }) else { throw .unsupportedParameter }
        do throws(DecodeError) {
            for parameter in parameters { try appendCapabilities(parameter.value) }
        } catch { throw .unparsableOpen }
    }

    /// The optional parameters, in the usual or in the extended form (RFC 9072 2).
    private static func parameters(
        _ reader: inout WireReader
    ) throws(DecodeError) -> [(type: UInt8, value: WireReader)] {
        var length = Int(try reader.uint8())
        var peek = reader
        let isExtended = length == 255 && (try? peek.uint8()) == 255
        if isExtended {
            _ = try reader.uint8()
            length = Int(try reader.uint16())
        }
        guard length == reader.remaining else { throw .malformed(offset: 9, field: "optional parameters length") }
        var parameters: [(type: UInt8, value: WireReader)] = []
        while reader.remaining > 0 {
            let type = try reader.uint8()
            let count = isExtended ? Int(try reader.uint16()) : Int(try reader.uint8())
            parameters.append((type, try reader.reader(count)))
        }
        return parameters
    }

    private mutating func appendCapabilities(_ value: WireReader) throws(DecodeError) {
        var reader = value
        while reader.remaining > 0 {
            let code = try reader.uint8()
            let count = Int(try reader.uint8())
            capabilities.append(Capability(code: code, value: try reader.take(count)))
        }
    }

    /// The whole message: one optional parameter with all capabilities. Capabilities that would not fit are left out.
    package var encoded: [UInt8] {
        var options: [UInt8] = []
        for capability in capabilities.map(\.encoded) where options.count + capability.count <= 253 {
            options += capability
        }
        var writer = WireWriter(capacity: 12 + options.count)
        writer.uint8(4)
        writer.uint16(shortAS)
        writer.uint16(holdSeconds)
        writer.uint32(identifierBits)
        guard !options.isEmpty else {
            writer.uint8(0)
            return BGPMessage.frame(.open, writer.bytes)
        }
        writer.uint8(UInt8(options.count + 2))
        writer.uint8(2)
        writer.uint8(UInt8(options.count))
        writer.append(options)
        return BGPMessage.frame(.open, writer.bytes)
    }
}
