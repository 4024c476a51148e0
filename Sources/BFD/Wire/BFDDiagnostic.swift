/// Why a session left the state Up, as its end tells the other (RFC 5880 4.1). Five bits: codes that no standard gave
/// a meaning to are kept as they came.
package struct BFDDiagnostic: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt8

    /// The code of these five bits; higher bits are dropped.
    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x1F }

    package static let none = BFDDiagnostic(rawValue: 0)
    /// Nothing was heard for the detection time.
    package static let detectionTimeExpired = BFDDiagnostic(rawValue: 1)
    /// Echo packets do not come back.
    package static let echoFailed = BFDDiagnostic(rawValue: 2)
    /// The other end said that it is down.
    package static let neighborSignaledDown = BFDDiagnostic(rawValue: 3)
    package static let forwardingPlaneReset = BFDDiagnostic(rawValue: 4)
    /// Something other than BFD, such as the link's carrier, says that the path is gone.
    package static let pathDown = BFDDiagnostic(rawValue: 5)
    package static let concatenatedPathDown = BFDDiagnostic(rawValue: 6)
    package static let administrativelyDown = BFDDiagnostic(rawValue: 7)
    package static let reverseConcatenatedPathDown = BFDDiagnostic(rawValue: 8)
}

extension BFDDiagnostic: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none: "no diagnostic"
        case .detectionTimeExpired: "control detection time expired"
        case .echoFailed: "echo function failed"
        case .neighborSignaledDown: "neighbour signalled session down"
        case .forwardingPlaneReset: "forwarding plane reset"
        case .pathDown: "path down"
        case .concatenatedPathDown: "concatenated path down"
        case .administrativelyDown: "administratively down"
        case .reverseConcatenatedPathDown: "reverse concatenated path down"
        default: "diagnostic \(rawValue)"
        }
    }
}
