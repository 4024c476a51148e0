import BFD
import Testing
import Timing

@Suite("What BGP makes of BFD (RFC 5882)")
struct ClientRulesTests {
    static let up = BFDStateChange(from: .initializing, to: .up)
    static func down(_ diagnostic: BFDDiagnostic, remote: BFDState = .down) -> BFDStateChange {
        BFDStateChange(from: .up, to: .down, diagnostic: diagnostic, remoteState: remote)
    }

    /// What happens to the rules, and when.
    enum Step {
        case change(BFDStateChange, Duration)
        case check(Duration)
    }

    /// Whether the path has failed, after each step.
    func failures(_ steps: Step...) -> [Bool] {
        var rules = BFDClientRules()
        return steps.map { step in
            switch step {
            case .change(let change, let time): rules.note(change, at: .at(time))
            case .check(let time): rules.check(at: .at(time))
            }
        }
    }

    @Test("a session that was never Up fails nothing")
    func neverUp() {
        let changes: [BFDStateChange] = [
            .init(from: .down, to: .initializing),
            .init(from: .initializing, to: .down, diagnostic: .detectionTimeExpired),
        ]
        #expect(
            failures(.change(changes[0], .zero), .change(changes[1], .zero), .check(.seconds(9))).allSatisfy { !$0 })
    }

    @Test(
        "of what ends an Up session only an operator's word is no failure",
        arguments: [
            (down(.detectionTimeExpired), true), (down(.echoFailed), true), (down(.pathDown), true),
            (down(.neighborSignaledDown), true), (down(.neighborSignaledDown, remote: .adminDown), false),
            (BFDStateChange(from: .up, to: .adminDown, diagnostic: .administrativelyDown), false),
        ])
    func failures(change: BFDStateChange, isFailure: Bool) {
        #expect(failures(.change(Self.up, .zero), .change(change, .seconds(4))) == [false, isFailure])
    }

    @Test(
        "a Down soon after the first Up is forgiven only if the peer said it itself",
        arguments: [
            (down(.neighborSignaledDown), .seconds(3), false), (down(.neighborSignaledDown), .milliseconds(3001), true),
            (down(.detectionTimeExpired), .seconds(1), true),
        ] as [(BFDStateChange, Duration, Bool)])
    func infancy(change: BFDStateChange, after: Duration, isFailure: Bool) {
        var rules = BFDClientRules()
        _ = rules.note(Self.up, at: .at(.zero))
        let isFailed = rules.note(change, at: .at(after))
        #expect(isFailed == isFailure)
        #expect(rules.nextDeadline == (isFailure ? nil : .at(after + .seconds(3))))
    }

    @Test("what is forgiven is forgiven once, and only if the session comes back in time")
    func once() {
        let down = Self.down(.neighborSignaledDown)
        #expect(
            failures(
                .change(Self.up, .zero), .change(down, .milliseconds(100)), .check(.milliseconds(3099)),
                .check(.milliseconds(3100)), .check(.seconds(9))) == [false, false, false, true, false])
        #expect(
            failures(
                .change(Self.up, .zero), .change(down, .milliseconds(100)), .change(Self.up, .milliseconds(1500)),
                .check(.seconds(9)), .change(down, .milliseconds(1600))) == [false, false, false, false, true])
    }
}
