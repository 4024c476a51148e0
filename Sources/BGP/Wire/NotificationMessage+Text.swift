extension NotificationMessage {
    /// The notification inside a Hard Reset, else itself (RFC 8538 3).
    package var innermost: NotificationMessage {
        guard isHardReset, data.count >= 2 else { return self }
        return Self(code: data[0], subcode: data[1], data: Array(data.dropFirst(2)))
    }

    /// True for Cease / Hard Reset.
    package var isHardReset: Bool { code == 6 && subcode == CeaseReason.hardReset.rawValue }

    /// The peer's text, if it sent one.
    package var communication: ShutdownCommunication? {
        let inner = innermost
        guard inner.code == 6, let reason = CeaseReason(rawValue: inner.subcode), reason.carriesCommunication else {
            return nil
        }
        return ShutdownCommunication(decoding: inner.data)
    }

    /// What an operator may do about a notification that came from the peer, where experience knows it.
    package var hint: String? {
        switch (innermost.code, innermost.subcode) {
        case (2, 2): "the peer expects another AS number of us"
        case (2, 3): "the peer refuses our router ID: two speakers may have the same"
        case (2, 7): "the peer wants an address family or capability that is not offered"
        case (2, 11): "the peer enforces BGP roles, which are not sent"
        case (6, 3), (6, 5): "the router is not configured for this address, or already has a session from it"
        case (6, 7): "the router already has a session from this address"
        default: nil
        }
    }

    private static let codes: [UInt8: String] = [
        1: "message header error", 2: "OPEN message error", 3: "UPDATE message error", 4: "hold timer expired",
        5: "finite state machine error", 6: "Cease", 7: "ROUTE-REFRESH message error", 8: "send hold timer expired",
    ]

    private static let subcodes: [UInt8: [UInt8: String]] = [
        1: [1: "connection not synchronized", 2: "bad message length", 3: "bad message type"],
        2: [
            1: "unsupported version number", 2: "bad peer AS", 3: "bad BGP identifier",
            4: "unsupported optional parameter", 5: "authentication failure", 6: "unacceptable hold time",
            7: "unsupported capability", 11: "role mismatch",
        ],
        3: [
            1: "malformed attribute list", 2: "unrecognized well-known attribute", 3: "missing well-known attribute",
            4: "attribute flags error", 5: "attribute length error", 6: "invalid ORIGIN", 7: "AS routing loop",
            8: "invalid NEXT_HOP", 9: "optional attribute error", 10: "invalid network field", 11: "malformed AS_PATH",
        ],
        5: [
            1: "unexpected message in OpenSent", 2: "unexpected message in OpenConfirm",
            3: "unexpected message in Established",
        ],
        6: [
            1: "maximum number of prefixes reached", 2: "administrative shutdown", 3: "peer de-configured",
            4: "administrative reset", 5: "connection rejected", 6: "other configuration change",
            7: "connection collision resolution", 8: "out of resources", 9: "hard reset", 10: "BFD down",
        ],
        7: [1: "invalid message length"],
    ]

    /// Code and subcode in words, or their numbers where they have none.
    package var name: String {
        guard let codeName = Self.codes[code] else { return "unknown error \(code)/\(subcode)" }
        if subcode == 0 { return codeName }
        return "\(codeName): \(Self.subcodes[code]?[subcode] ?? "unknown subcode \(subcode)")"
    }
}

extension NotificationMessage: CustomStringConvertible {
    /// Words, numbers, and the data as text where it is one, else in hexadecimal digits.
    package var description: String {
        if isHardReset, data.count >= 2 { return "\(name) (\(code)/\(subcode)): \(innermost)" }
        let start = "\(name) (\(code)/\(subcode))"
        if let communication { return "\(start): \"\(communication.text)\"" }
        guard !data.isEmpty else { return start }
        let digits = data.prefix(64).map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0" + text : text
        }
        return "\(start), data \(digits.joined())\(data.count > 64 ? "…" : "")"
    }
}
