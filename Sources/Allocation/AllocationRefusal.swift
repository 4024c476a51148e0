package import Reasons

/// Why a Service does not get what it asks for, in a form that an event, a condition and a metric can show.
package struct AllocationRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted: which of MetalLB's events tells of the refusal.
    package enum Stage: Sendable, Hashable {
        /// The Service's own wishes contradict one another or do not parse.
        case reading
        /// The Service has no cluster address whose family could be followed.
        case families
        /// `RequireDualStack` with cluster addresses of one family only.
        case dualStack
        /// The search for an address.
        case allocation
        /// The search for a second address of a `PreferDualStack` Service that has one.
        case additional
        /// The address that the Service has, under changed rules.
        case retention
    }

    package var reason: Reason
    package var stage: Stage
    /// What the refusal is about, in a form that stays the same while only numbers change.
    package var subject: String
    /// One sentence with the names of what is concerned and the way out.
    package var message: String

    package init(_ reason: Reason, _ stage: Stage = .allocation, subject: String = "", _ message: String) {
        self.reason = reason
        self.stage = stage
        self.subject = subject
        self.message = message
    }

    package var description: String { "\(reason.rawValue): \(message)" }

    /// True if the other refusal tells a reader nothing new: counts in the message may differ.
    package func isSame(as other: AllocationRefusal?) -> Bool {
        guard let other else { return false }
        return reason == other.reason && stage == other.stage && subject == other.subject
    }

    /// The same refusal, met at another stage.
    func at(_ stage: Stage) -> AllocationRefusal {
        var refusal = self
        refusal.stage = stage
        return refusal
    }
}
