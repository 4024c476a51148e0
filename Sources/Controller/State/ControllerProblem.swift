import KubernetesClient
import KubernetesObjects

/// Something that is wrong with the configuration, or hardly meant, as it is told to a person.
struct ControllerProblem: Sendable, Hashable {
    /// A word for the event.
    var reason: String
    /// One line, with the object's kind and name.
    var text: String
    /// The object to look at; nil if there is none that an event could be attached to.
    var regarding: ObjectReference?
    /// True if the configuration is valid all the same.
    var isWarning: Bool

    /// The event that tells of it.
    var report: EventReport? {
        regarding.map { EventReport(level: .warning, reason: reason, message: text, regarding: $0) }
    }
}
