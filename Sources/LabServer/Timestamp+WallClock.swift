import Glibc
package import LabAPI

extension Timestamp {
    /// The time of day.
    @Sendable package static func wallClock() -> Timestamp {
        var now = timespec()
        // Cannot fail with a valid clock and address (clock_gettime(2)).
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(seconds: Int64(now.tv_sec), nanoseconds: Int32(now.tv_nsec))
    }
}
