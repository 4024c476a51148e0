import BGP
import BGPTransport
import TestSupport
import Testing

@Suite("Why a session ends, as both ends have it", .timeLimit(.minutes(3)))
struct RefusalInteropTests {
    /// The NOTIFICATION of the first report that has one.
    static func notification(of pair: RouterPair) async throws -> (isSent: Bool, code: UInt8, subcode: UInt8) {
        let report = try await pair.speaker.reports.take(within: .seconds(30)) { Self.ending($0) != nil }
        guard let ending = Self.ending(report) else { throw RouterFailure(words: "\(report)") }
        return ending
    }

    static func ending(_ report: PeerReport) -> (isSent: Bool, code: UInt8, subcode: UInt8)? {
        switch report {
        case .attemptFailed(.sent(let message)), .down(.sent(let message)): (true, message.code, message.subcode)
        case .attemptFailed(.received(let message)), .down(.received(let message)):
            (false, message.code, message.subcode)
        default: nil
        }
    }

    @Test("a router of another AS than expected is refused, and says so itself", arguments: RouterKind.allCases)
    func routersAS(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind) { $0.remoteAS = .number(64999) }
        try await pair.speaker.start()
        let ending = try await Self.notification(of: pair)
        #expect(ending == (true, 2, 2))
        // the others tell nobody of a NOTIFICATION that comes before the session is up
        if [.bird, .frr].contains(kind) {
            #expect(try await eventually { try await pair.router.log.lowercased().contains("bad peer as") })
        }
        #expect(try await !pair.router.isEstablished)
        try await pair.close()
    }

    @Test("a router that expects another AS refuses the speaker, which knows why", arguments: RouterKind.allCases)
    func speakersAS(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind) { $0.myASN = 64999 }
        try await pair.speaker.start()
        let ending = try await Self.notification(of: pair)
        #expect(ending == (false, 2, 2))
        #expect(try await pair.speaker.status.record.lastFailure?.description.contains("bad peer AS") == true)
        try await pair.close()
    }

    @Test(
        "a router that falls silent is left after the hold time, and has given the speaker up",
        arguments: RouterKind.allCases)
    func holdTime(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind, RouterSettings { $0.holdSeconds = 3 })
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.1/32") != nil)
        // what is sent is lost from now on, and no carrier goes
        let drop = { (hook: String) in
            "add chain inet cut \(hook) { type filter hook \(hook) priority 0; policy drop; }"
        }
        _ = try await pair.lan.node.run("nft 'add table inet cut; \(drop("input")); \(drop("output"))'")
        let ending = try await Self.notification(of: pair)
        #expect(ending == (true, 4, 0))
        // ExaBGP is a recorder, and has no routes that could go
        if kind != .exabgp { #expect(try await pair.isGone("192.0.2.1/32")) }
        try await pair.close()
    }
}
