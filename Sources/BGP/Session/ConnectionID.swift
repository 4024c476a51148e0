/// Names one TCP connection of a session; a number is used once.
package struct ConnectionID: Sendable, Hashable {
    /// Who opened the connection, which decides a collision.
    package enum Initiator: String, Sendable, Hashable {
        case us
        case peer
    }

    /// Who opened it.
    package let initiator: Initiator
    /// Tells connections of one initiator apart.
    package let number: UInt64

    private init(initiator: Initiator, number: UInt64) {
        self.initiator = initiator
        self.number = number
    }

    /// A connection that the session asks for.
    static func outgoing(_ number: UInt64) -> ConnectionID { ConnectionID(initiator: .us, number: number) }
    /// A connection that was accepted; the number is its owner's choice.
    package static func incoming(_ number: UInt64) -> ConnectionID { ConnectionID(initiator: .peer, number: number) }
}
