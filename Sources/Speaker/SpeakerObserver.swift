package import Announcement
package import Ownership
package import Timing

/// Whoever tells people what a speaker does: events, statuses, metrics, logs. Called on the speaker's loop; must not wait.
package protocol SpeakerObserver: AnyObject, Sendable {
    /// Something happened on a link.
    func observe(_ report: OwnershipReport, link: LinkFacts?, session: AnnouncementSession)
    /// A second went by.
    func poll(_ session: AnnouncementSession, at now: Instant)
}
