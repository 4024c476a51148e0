package import KubernetesObjects

/// What the API holds at one moment of what `toonoctl watch` follows.
package struct LiveLook: Sendable {
    package var services: [Service] = []
    package var layer2Statuses: [ServiceL2Status] = []
    package var bgpStatuses: [ServiceBGPStatus] = []

    package init() {}
}

/// When something was seen.
package struct LiveMoment: Sendable, Hashable {
    /// As people read it.
    package var clock: String
    /// Since the beginning of the look.
    package var elapsed: Duration

    package init(clock: String, elapsed: Duration) {
        self.clock = clock
        self.elapsed = elapsed
    }
}

/// One way to announce a Service: on an interface, or to a BGP peer.
struct LivePlace: Hashable, Comparable {
    var service: ObjectKey
    var method: Announcer.Method
    var via: String

    static func < (left: Self, right: Self) -> Bool {
        (left.service, left.method.rawValue, left.via) < (right.service, right.method.rawValue, right.via)
    }
}

/// Who announces at one place.
struct LiveOwners: Hashable {
    var nodes: Set<String>
    /// Who did last, while nobody does.
    var former: Set<String> = []
    var since: LiveMoment
}
