import Addresses
import Neighbors
import Testing

@Suite("When neighbours are told of addresses gained")
struct AnnouncementScheduleTests {
    private static let (a, b, c) = (IPAddress(v4: 1), IPAddress(v4: 2), IPAddress(v4: 3))

    /// Asks the schedule at each of its deadlines, and says what was due when, in milliseconds.
    private func run(_ schedule: inout AnnouncementSchedule, until end: Duration = .seconds(60)) -> [Announced] {
        var all: [Announced] = []
        while let deadline = schedule.nextDeadline, deadline <= end {
            let milliseconds = Int(deadline / .milliseconds(1))
            all.append(Announced(milliseconds, schedule.due(at: deadline)))
        }
        return all
    }

    struct Announced: Equatable {
        var milliseconds: Int
        var addresses: [IPAddress]
        init(_ milliseconds: Int, _ addresses: [IPAddress]) {
            self.milliseconds = milliseconds
            self.addresses = addresses
        }
    }

    @Test("after a gain at 0, 0.1, 0.5, 1.2 and 3 s, all addresses of the gain together and in order, then never again")
    func burst() {
        var schedule = AnnouncementSchedule()
        #expect(schedule.nextDeadline == nil)
        schedule.start([Self.b, Self.a, Self.b], at: .seconds(10))
        let expected = [10000, 10100, 10500, 11200, 13000].map { Announced($0, [Self.a, Self.b]) }
        #expect(run(&schedule) == expected)
        #expect(schedule.nextDeadline == nil)
    }

    @Test("gains of different moments keep their own times")
    func interleaved() {
        var schedule = AnnouncementSchedule()
        schedule.start([Self.a], at: .zero)
        schedule.start([Self.b], at: .milliseconds(50))
        let first = run(&schedule, until: .milliseconds(600))
        #expect(first.map(\.milliseconds) == [0, 50, 100, 150, 500, 550])
        schedule.start([Self.c], at: .milliseconds(600))
        #expect(run(&schedule).map(\.milliseconds) == [600, 700, 1100, 1200, 1250, 1800, 3000, 3050, 3600])
    }

    @Test("an address that is lost is told of no more, and the deadline goes with the last one")
    func stop() {
        var schedule = AnnouncementSchedule()
        schedule.start([Self.a, Self.b], at: .zero)
        schedule.start([Self.c], at: .zero)
        #expect(schedule.due(at: .zero) == [Self.a, Self.b, Self.c])
        schedule.stop([Self.b, Self.c])
        #expect(schedule.due(at: .milliseconds(100)) == [Self.a])
        #expect(schedule.nextDeadline == .milliseconds(500))
        schedule.stop([Self.a, Self.a, Self.b])
        #expect(schedule.nextDeadline == nil)
        #expect(schedule.due(at: .seconds(5)).isEmpty)
    }

    @Test("an address gained anew begins its burst anew, and leaves the old one")
    func restart() {
        var schedule = AnnouncementSchedule()
        schedule.start([Self.a, Self.b], at: .zero)
        #expect(schedule.due(at: .milliseconds(100)) == [Self.a, Self.b])
        schedule.start([Self.a], at: .milliseconds(400))
        let expected = [
            Announced(400, [Self.a]), Announced(500, [Self.a, Self.b]), Announced(900, [Self.a]),
            Announced(1200, [Self.b]), Announced(1600, [Self.a]), Announced(3000, [Self.b]),
            Announced(3400, [Self.a]),
        ]
        #expect(run(&schedule) == expected)
    }

    @Test("who is asked late tells once what was missed, not once a step")
    func late() {
        var schedule = AnnouncementSchedule()
        schedule.start([Self.a], at: .zero)
        #expect(schedule.due(at: .seconds(1)) == [Self.a])
        #expect(schedule.nextDeadline == .milliseconds(1200))
        #expect(schedule.due(at: .seconds(100)) == [Self.a])
        #expect(schedule.nextDeadline == nil)
    }

    @Test("nothing is due before its time")
    func early() {
        var schedule = AnnouncementSchedule()
        schedule.start([Self.a], at: .seconds(1))
        #expect(schedule.due(at: .milliseconds(999)).isEmpty)
        #expect(schedule.nextDeadline == .seconds(1))
    }

    @Test("10,000 addresses gained one by one are told five times each, and nothing is left behind")
    func many() {
        var schedule = AnnouncementSchedule()
        var told: [IPAddress: Int] = [:]
        for number in 0..<10_000 {
            let now = Duration.microseconds(number * 400)
            while let deadline = schedule.nextDeadline, deadline < now {
                for address in schedule.due(at: deadline) { told[address, default: 0] += 1 }
            }
            schedule.start([IPAddress(v4: UInt32(number))], at: now)
        }
        while let deadline = schedule.nextDeadline {
            for address in schedule.due(at: deadline) { told[address, default: 0] += 1 }
        }
        #expect(told.count == 10_000 && told.values.allSatisfy { $0 == 5 })
    }
}
