import Foundation
import Testing

@testable import KubernetesClient

@Suite("The API server's clock")
struct ServerClockTests {
    let start = ContinuousClock.now
    // Sun, 06 Nov 1994 08:49:37 GMT
    let date = Date(timeIntervalSince1970: 784_111_777)

    @Test("says how far the own one is away, however long ago the server last told the time")
    func skew() {
        let clock = ServerClock()
        #expect(clock.skew(of: date, at: start) == nil)
        clock.note("Sun, 06 Nov 1994 08:49:37 GMT", own: date, at: start)
        #expect(clock.skew(of: date, at: start) == .zero)
        #expect(clock.skew(of: date + 3600, at: start + .seconds(3600)) == .zero)
        #expect(clock.skew(of: date + 60, at: start) == .seconds(60))
        #expect(clock.skew(of: date, at: start + .seconds(60)) == .seconds(-60))
    }

    @Test(
        "a proxy that tells this machine's own time corrects nothing; the server does, and so does a clock that is set")
    func localProxy() {
        let clock = ServerClock()
        // this machine is an hour ahead
        clock.note("Sun, 06 Nov 1994 08:49:37 GMT", own: date + 3600, at: start)
        clock.note("Sun, 06 Nov 1994 09:50:37 GMT", own: date + 3660, at: start + .seconds(60))
        #expect(clock.skew(of: date + 3660, at: start + .seconds(60)) == .seconds(3600))
        #expect(clock.skew(of: date + 60, at: start + .seconds(60)) == .zero)
        // the server itself has been set
        clock.note("Sun, 06 Nov 1994 08:59:37 GMT", own: date + 3720, at: start + .seconds(120))
        #expect(clock.skew(of: date + 3720, at: start + .seconds(120)) == .seconds(3120))
    }

    @Test("keeps what it knows when an answer has no time, and looks at one in ten seconds")
    func notes() {
        let clock = ServerClock()
        for nothing in [nil, "", "yesterday", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            clock.note(nothing, own: date, at: start)
            #expect(clock.skew(of: date, at: start) == nil)
        }
        clock.note("Sun, 06 Nov 1994 08:49:37 GMT", own: date, at: start)
        clock.note("Sun, 06 Nov 1994 08:59:37 GMT", own: date, at: start + .seconds(9))
        #expect(clock.skew(of: date, at: start) == .zero)
        clock.note("Sun, 06 Nov 1994 08:59:37 GMT", own: date, at: start + .seconds(10))
        #expect(clock.skew(of: date + 600, at: start + .seconds(10)) == .zero)
    }
}
