package import KubernetesObjects

/// What a reflector tells about the objects of one kind.
package enum ReflectorEvent<Object: KubernetesObject>: Sendable {
    /// All objects as of one moment: what is in neither list is gone. `unreadable` names the objects that exist but do not
    /// decode, of which a receiver keeps what it knew.
    case replaced([Object], unreadable: [UnreadableObject], resourceVersion: String)
    /// A new or changed object.
    case applied(Object)
    /// The object is gone, or no longer selected.
    case deleted(ObjectKey)
    /// A new or changed object that does not decode; what was known of it stays.
    case unreadable(UnreadableObject)
    /// Told when it changes only.
    case connection(ConnectionState)
}

/// How fresh what a reflector told is.
package enum ConnectionState: Sendable {
    /// Told whenever a list is complete or a watch is open.
    case connected
    /// Nothing new arrives; what was told stays true as far as anybody knows.
    case offline(KubernetesError)
    /// The server does not serve the kind (404): its CRD is not installed, or a proxy has it not cached. Not a deletion.
    case absent

    /// True if both are the same to a receiver, whatever the words of the error.
    package func isSame(as other: ConnectionState) -> Bool {
        switch (self, other) {
        case (.connected, .connected), (.absent, .absent): true
        case (.offline(let mine), .offline(let others)): mine.code == others.code
        default: false
        }
    }
}
