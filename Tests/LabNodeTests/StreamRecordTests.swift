import LabNode
import Testing

@Suite("A stream of numbered packets")
struct StreamRecordTests {
    /// One packet a millisecond, of which these come back.
    private func stream(of count: Int, answered: (Int) -> Bool) -> StreamRecord {
        var record = StreamRecord()
        for number in 0..<count {
            let sent = record.send(at: .milliseconds(number))
            if answered(number) { record.answer(sent) }
        }
        return record
    }

    @Test("loses nothing and has no outage when every packet is answered, however late the sender was")
    func whole() {
        var record = stream(of: 10) { _ in true }
        let late = record.send(at: .seconds(2))
        record.answer(late)
        #expect(record.lost == 0 && record.longestOutage == .zero)
    }

    @Test("has an outage as long as the time between the answered packets around the lost ones")
    func outage() {
        let record = stream(of: 100) { !(20..<50).contains($0) && $0 != 70 }
        #expect(record.lost == 31 && record.longestOutage == .milliseconds(31))
    }

    @Test("counts losses at the start and at the end")
    func ends() {
        #expect(stream(of: 100) { $0 >= 40 }.longestOutage == .milliseconds(40))
        #expect(stream(of: 100) { $0 < 40 }.longestOutage == .milliseconds(60))
        #expect(stream(of: 100) { _ in false }.longestOutage == .milliseconds(99))
    }

    @Test("counts an answer once, and none to a packet that was never sent")
    func strayAnswers() {
        var record = stream(of: 3) { _ in true }
        record.answer(1)
        record.answer(77)
        #expect(record.sent == 3 && record.lost == 0)
    }
}
