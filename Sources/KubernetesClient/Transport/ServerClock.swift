package import FoundationEssentials
import Synchronization

/// What the API server's clock says, carried on by this machine's monotonic clock: tokens and certificates are judged by
/// clocks that agree.
package final class ServerClock: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// An answer says its time in whole seconds, so that one now and then tells as much as each.
    private static let pause = Duration.seconds(10)

    /// A proxy on this machine, such as YurtHub, answers with this machine's time: for so long that is no correction.
    private static let memory = Duration.seconds(3600)

    private let reading = Mutex<(date: Date, at: Instant)?>(nil)

    package init() {}

    /// Takes in the `Date` of an answer (RFC 9110 6.6.1); anything else says nothing.
    /// - Parameter own: what this machine's clock says.
    func note(_ header: String?, own: Date = .now, at now: Instant = .now) {
        reading.withLock { reading in
            if let reading, now - reading.at < Self.pause { return }
            guard let date = header.flatMap(Date.init(httpDate:)) else { return }
            if let reading, now - reading.at < Self.memory {
                let carried = reading.date + (now - reading.at) / .seconds(1)
                let isOwnClock = abs(date.timeIntervalSince(own)) < 5
                if isOwnClock, abs(carried.timeIntervalSince(own)) > 5 { return }
            }
            reading = (date, now)
        }
    }

    /// How far this machine's clock is ahead of the server's, negative if it is behind; nil before the first answer. Right to
    /// within a second or two.
    package func skew(of date: Date = .now, at now: Instant = .now) -> Duration? {
        reading.withLock { $0 }.map { reading in
            .seconds(date.timeIntervalSince(reading.date)) - (now - reading.at)
        }
    }
}

extension Date {
    /// An IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 5.6.7).
    fileprivate init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2]) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        guard let date = try? Date("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z", strategy: .iso8601) else {
            return nil
        }
        self = date
    }
}
