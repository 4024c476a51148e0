import Testing

@testable import Speaker

@Suite("Whether a speaker that is told to end was removed")
struct RemovalJudgeTests {
    @Test(
        "what the API server says decides, and in doubt a successor comes",
        arguments: [
            (nil, .present, false), (nil, .deleting, true), (nil, .absent, false), (nil, .refused, false),
            (nil, .unknown, false), (.present, .present, false), (.present, .deleting, true),
            (.present, .absent, true), (.present, .refused, true), (.present, .unknown, false),
            (.refused, .refused, false), (.absent, .absent, false), (.unknown, .absent, false),
        ] as [(RemovalJudge.Answer?, RemovalJudge.Answer, Bool)])
    func judges(before: RemovalJudge.Answer?, atTheEnd: RemovalJudge.Answer, isRemoval: Bool) {
        var judge = RemovalJudge()
        if let before { judge.note(before) }
        #expect(judge.isRemoval(atTheEnd) == isRemoval)
    }

    @Test("once seen is enough: an outage in between is forgotten")
    func remembers() {
        var judge = RemovalJudge()
        for answer in [RemovalJudge.Answer.present, .unknown, .refused] { judge.note(answer) }
        #expect(judge.hasSeenIt)
        #expect(judge.isRemoval(.absent))
    }
}
