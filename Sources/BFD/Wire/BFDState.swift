/// The state of one end of a session (RFC 5880 4.1); the raw values are those on the wire.
package enum BFDState: UInt8, Sendable, Hashable, CaseIterable {
    /// Held down by an operator: no word about the path.
    case adminDown = 0
    /// No session, or one that has failed.
    case down = 1
    /// The other end is heard and is not known to hear us.
    case initializing = 2
    /// Both ends hear each other.
    case up = 3
}

extension BFDState: CustomStringConvertible {
    /// The RFC's own word.
    package var description: String {
        switch self {
        case .adminDown: "AdminDown"
        case .down: "Down"
        case .initializing: "Init"
        case .up: "Up"
        }
    }
}
