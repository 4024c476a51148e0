import Addresses
import Ownership
import Ranking
import Testing
import Timing

@Suite("Who lives")
struct LivenessTests {
    let vip = TestLink.vip(1)

    /// A machine that has heard a member with a claim for two seconds.
    func acquainted() throws -> (Bench, ScriptedMember) {
        var bench = Bench()
        var member = try #require(ScriptedMember(1, keys: bench.keys))
        let view = VIPView(candidates: ["node-a", member.name].map { Candidate($0) }, eligibility: .eligible)
        bench.send(.viewChanged([vip: view]))
        bench.send(.started(kernelHolds: [], snapshot: .init()))
        let claims = OwnershipElement.claims(.init(from: 0, to: 1, changes: [.init(vip, Claim(epoch: 1))]))
        for _ in 0..<20 {
            bench.send(member.hello(echoing: bench.lastSent, [claims], version: 1))
            bench.run(.milliseconds(90))
        }
        return (bench, member)
    }

    func sent(_ bench: Bench, isUnicast: Bool) throws -> OwnershipMessage {
        try #require(
            bench.effects.compactMap { effect -> OwnershipMessage? in
                guard case .send(let bytes, let destination) = effect, (destination != .multicast) == isUnicast else {
                    return nil
                }
                return try? OwnershipMessage(decoding: bytes, keys: bench.keys, versions: 1...9)
            }.first)
    }

    @Test("the echo of a question that waited for the address of a member's interface is no measure of the link")
    func lateEchoOfQuestion() throws {
        var (bench, member) = try acquainted()
        bench.effects = []
        bench.run(.milliseconds(290))
        // Silent for so long, it is asked by unicast; the kernel keeps the question until the member is back.
        let question = try sent(bench, isUnicast: true)
        bench.run(.milliseconds(1300))
        bench.send(member.hello(echoing: (question.header.instance, question.header.sequence)))
        bench.send(member.hello(echoing: bench.lastSent))
        let status = try #require(bench.session.peerStatuses.first { $0.instance == member.instance })
        #expect(status.roundTrip < .milliseconds(200), "\(status.roundTrip)")
    }

    @Test("nor is an echo in a datagram that waited there; one in a multicast hello is", arguments: [true, false])
    func lateEcho(mayWait: Bool) throws {
        var (bench, member) = try acquainted()
        bench.effects = []
        bench.run(.milliseconds(110))
        let hello = try sent(bench, isUnicast: false)
        bench.run(.milliseconds(1300))
        let echo = EchoEntry(
            instance: hello.header.instance, sequence: hello.header.sequence, tableVersion: 0, age: 0, isTwoWay: true,
            mayWait: mayWait)
        bench.send(member.hello([.echo([echo])]))
        let status = try #require(bench.session.peerStatuses.first { $0.instance == member.instance })
        #expect((status.roundTrip < .milliseconds(200)) == mayWait, "\(status.roundTrip)")
    }

    @Test("an answer to a question says of its echo that it may have waited")
    func answers() throws {
        let (bench, _) = try acquainted()
        var asking = bench
        asking.effects = []
        asking.run(.milliseconds(290))
        let question = try sent(asking, isUnicast: true)
        let echoes = question.elements.flatMap { if case .echo(let entries) = $0 { entries } else { [EchoEntry]() } }
        #expect(echoes.count == 1 && echoes.allSatisfy { $0.mayWait })
        let hello = try sent(bench, isUnicast: false)
        let others = hello.elements.flatMap { if case .echo(let entries) = $0 { entries } else { [EchoEntry]() } }
        #expect(!others.contains { $0.mayWait })
    }

    @Test(
        "where answers are fast, three questions without one decide, whatever others heard before",
        arguments: Array(stride(from: 0, to: 100, by: 9)))
    func unanswered(phase: Int) {
        var link = TestLink.settled(["node-a", "node-b", "node-c"], [vip])
        link.run(.milliseconds(phase))
        let owner = link.index(link.claimants(vip)[0])
        let others = link.nodes.indices.filter { $0 != owner }
        for other in others { link.nodes[other].effects = [] }
        link.nodes[owner].isAlive = false
        link.nodes[owner].kernel = []
        let gap = link.gap(vip, among: others)
        #expect(gap <= .milliseconds(278), "\(gap)")
        link.run(.seconds(1))
        // Gone is gone: nobody's older word brings it back for a moment.
        for other in others {
            let ups = link.reports(other).filter { if case .peerUp = $0 { true } else { false } }
            #expect(ups.isEmpty, "\(ups)")
        }
    }
}
