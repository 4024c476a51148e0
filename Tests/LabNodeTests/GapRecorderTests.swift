import LabNode
import Testing

@Suite("The longest time without an answer")
struct GapRecorderTests {
    @Test("is the longest between two answers, in whatever order failures come")
    func longest() {
        var recorder = GapRecorder()
        for at in [10, 20, 30] { recorder.success(at: .milliseconds(at)) }
        recorder.failure()
        recorder.success(at: .milliseconds(250))
        recorder.success(at: .milliseconds(240))
        recorder.success(at: .milliseconds(260))
        recorder.end(at: .milliseconds(270))
        #expect(recorder.longestGap == .milliseconds(220))
        #expect(recorder.answered == 6 && recorder.failed == 1)
    }

    @Test("counts a silence that still lasts at the end, and one from the start")
    func silence() {
        var recorder = GapRecorder()
        recorder.success(at: .milliseconds(10))
        recorder.end(at: .milliseconds(900))
        #expect(recorder.longestGap == .milliseconds(890))
        var never = GapRecorder()
        never.end(at: .seconds(2))
        #expect(never.longestGap == .seconds(2))
    }
}
