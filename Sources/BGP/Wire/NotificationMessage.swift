import Wire

/// What a speaker says before it closes a session (RFC 4271 4.5), and therefore the error that every decoder here
/// throws: the exact answer that the peer gets.
package struct NotificationMessage: Error, Sendable, Hashable {
    /// The kind of error.
    package var code: UInt8
    /// The error within its kind; 0 where there is nothing more to say.
    package var subcode: UInt8
    /// What the error is about; its form depends on code and subcode.
    package var data: [UInt8]

    /// A notification by its numbers.
    package init(code: UInt8, subcode: UInt8, data: [UInt8] = []) {
        self.code = code
        self.subcode = subcode
        self.data = data
    }

    /// A notification from the body of a message, which the framer holds to two bytes at least.
    package init(decoding body: ArraySlice<UInt8>) throws(NotificationMessage) {
        guard let code = body.first, let subcode = body.dropFirst().first else {
            throw .badMessageLength(MessageType.headerLength + body.count)
        }
        self.init(code: code, subcode: subcode, data: Array(body.dropFirst(2)))
    }

    /// The whole message. Data that would not fit is cut.
    package var encoded: [UInt8] {
        BGPMessage.frame(.notification, [code, subcode] + data.prefix(MessageType.maximumLength - 21))
    }
}

extension NotificationMessage {
    private static func bigEndian(_ value: UInt16) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    // Message header errors
    static let notSynchronized = NotificationMessage(code: 1, subcode: 1)
    static func badMessageLength(_ length: Int) -> Self {
        Self(code: 1, subcode: 2, data: bigEndian(UInt16(truncatingIfNeeded: length)))
    }
    static func badMessageType(_ type: UInt8) -> Self { Self(code: 1, subcode: 3, data: [type]) }

    // OPEN errors
    static let unparsableOpen = NotificationMessage(code: 2, subcode: 0)
    static let unsupportedVersion = NotificationMessage(code: 2, subcode: 1, data: bigEndian(4))
    static func badPeerAS(_ number: UInt32) -> Self {
        var writer = WireWriter(capacity: 4)
        writer.uint32(number)
        return Self(code: 2, subcode: 2, data: writer.bytes)
    }
    static let badIdentifier = NotificationMessage(code: 2, subcode: 3)
    static let unsupportedParameter = NotificationMessage(code: 2, subcode: 4)
    static func unacceptableHoldTime(_ seconds: UInt16) -> Self {
        Self(code: 2, subcode: 6, data: bigEndian(seconds))
    }
    static func missingCapabilities(_ missing: [Capability]) -> Self {
        Self(code: 2, subcode: 7, data: missing.flatMap(\.encoded))
    }

    // UPDATE errors
    static let malformedAttributeList = NotificationMessage(code: 3, subcode: 1)
    static func unrecognizedWellKnown(_ attribute: [UInt8]) -> Self { Self(code: 3, subcode: 2, data: attribute) }
    static func malformedOptional(_ attribute: [UInt8]) -> Self { Self(code: 3, subcode: 9, data: attribute) }
    static let invalidNetworkField = NotificationMessage(code: 3, subcode: 10)

    // the rest
    static let holdTimerExpired = NotificationMessage(code: 4, subcode: 0)
    static func unexpectedMessage(in state: PeerState) -> Self {
        let subcode: UInt8 =
            switch state {
            case .openSent: 1
            case .openConfirm: 2
            case .established: 3
            default: 0
            }
        return Self(code: 5, subcode: subcode)
    }
    static func badRefreshLength(_ message: [UInt8]) -> Self { Self(code: 7, subcode: 1, data: message) }
    static let sendHoldTimerExpired = NotificationMessage(code: 8, subcode: 0)

    /// A Cease with a text for the peer's operator where the subcode has room for one (RFC 9003).
    package static func cease(_ reason: CeaseReason, communication: ShutdownCommunication? = nil) -> Self {
        Self(
            code: 6, subcode: reason.rawValue,
            data: reason.carriesCommunication ? communication?.encoded ?? [] : [])
    }

    /// The same as a Hard Reset: the peer keeps no routes in spite of graceful restart (RFC 8538 3).
    package var asHardReset: NotificationMessage {
        Self(code: 6, subcode: CeaseReason.hardReset.rawValue, data: [code, subcode] + data)
    }
}
