import Addresses
import Ownership
import Ranking
import Testing
import Timing

@Suite("Rules of one machine")
struct RuleTests {
    let vip = TestLink.vip(1)

    func view(_ names: [String] = ["node-a", "scripted-1"]) -> VIPView {
        VIPView(candidates: names.map { Candidate($0) }, eligibility: .eligible)
    }

    func started(_ change: (inout OwnershipSettings) -> Void = { _ in }) -> Bench {
        var bench = Bench(change)
        bench.send(.viewChanged([vip: view()]))
        bench.send(.started(kernelHolds: [], snapshot: .init()))
        return bench
    }

    @Test("a datagram is written in the highest version that every member reads")
    func versions() throws {
        var bench = started { $0.versions = 1...3 }
        bench.run(.milliseconds(500))
        #expect(bench.messages().last?.header.version == 3)
        var member = try #require(ScriptedMember(1, keys: bench.keys))
        member.versions = (1, 1, 2)
        bench.send(member.hello())
        bench.run(.milliseconds(300))
        #expect(bench.messages().last?.header.version == 2)
        #expect(bench.messages().last?.elements.contains(.highestVersion(3)) == true)
        var old = try #require(ScriptedMember(2, keys: bench.keys))
        bench.send(old.hello())
        bench.run(.milliseconds(300))
        #expect(bench.messages().last?.header.version == 1)
    }

    @Test("a member that reads later versions only is reported once and never lives")
    func incompatible() throws {
        var bench = started()
        var member = try #require(ScriptedMember(1, keys: bench.keys))
        member.versions = (2, 2, 2)
        for _ in 0..<20 {
            bench.send(member.hello(echoing: bench.lastSent))
            bench.run(.milliseconds(100))
        }
        let reported = bench.reports.filter { if case .incompatible = $0 { true } else { false } }
        #expect(
            reported == [.incompatible(instance: member.instance, address: member.address, lowestVersion: 2)])
        #expect(bench.session.peerStatuses.isEmpty)
        #expect(bench.session.counters.dropped[.incompatible] == 20)
    }

    @Test("a VIP lost five times in a minute is left to others for a second longer than its turn")
    func damping() throws {
        var bench = started()
        var member = try #require(ScriptedMember(1, keys: bench.keys))
        var version: UInt32 = 0
        func claim(_ claim: Claim?) {
            let change = OwnershipElement.claims(.init(from: version, to: version + 1, changes: [.init(vip, claim)]))
            version += 1
            bench.send(member.hello(echoing: bench.lastSent, [change], version: version))
        }
        for _ in 0..<30 {
            bench.send(member.hello(echoing: bench.lastSent))
            bench.run(.milliseconds(90))
        }
        var pauses: [Duration] = []
        for _ in 0..<7 {
            let epoch = try #require(bench.session.status(of: vip)?.epoch)
            claim(Claim(epoch: epoch + 1))
            bench.run(.milliseconds(50))
            #expect(!bench.session.claims(vip))
            claim(nil)
            let since = bench.now
            while !bench.session.claims(vip), bench.now - since < .seconds(3) {
                bench.send(member.hello(echoing: bench.lastSent, version: version))
                bench.run(.milliseconds(20))
            }
            pauses.append(bench.now - since)
        }
        #expect(pauses[0] < .milliseconds(500), "\(pauses)")
        #expect(pauses[6] >= .seconds(1) && pauses[6] < .milliseconds(1600), "\(pauses)")
    }

    @Test("a member's kernel that answers a probe is in the way of the claim, and reported once no lease explains it")
    func probeAnsweredByMember() throws {
        var bench = started()
        var member = try #require(ScriptedMember(1, keys: bench.keys))
        let answer = NeighborObservation(
            address: vip, ethernetSource: member.mac, hardwareAddress: member.mac, answersUs: true)
        var reportedAfter: Duration?
        let start = bench.now
        while bench.now - start < .seconds(20) {
            bench.send(member.hello(echoing: bench.lastSent))
            bench.effects = bench.effects.suffix(40)
            if bench.session.status(of: vip)?.state == .probing { bench.send(.neighborHeard(answer)) }
            if reportedAfter == nil, bench.reports.contains(.addressInUse(vip, member.mac)) {
                reportedAfter = bench.now - start
            }
            #expect(!bench.session.claims(vip))
            bench.run(.milliseconds(20))
        }
        let after = try #require(reportedAfter)
        #expect(after > .seconds(6) && after < .seconds(12), "\(after)")
    }

    @Test("another MAC address of the interface is announced at once, with the same claims")
    func otherMAC() {
        var bench = Bench()
        bench.send(.viewChanged([vip: view(["node-a"])]))
        bench.send(.started(kernelHolds: [], snapshot: .init()))
        bench.run(.seconds(8))
        #expect(bench.session.claimedVIPs == [vip])
        let epoch = bench.session.status(of: vip)?.epoch
        bench.effects = []
        bench.send(.linkUp(MACAddress(bits: 0x77)))
        #expect(bench.effects.contains(.announceBurst([vip])))
        #expect(bench.messages().last?.header.mac == MACAddress(bits: 0x77))
        #expect(bench.session.status(of: vip)?.epoch == epoch)
    }

    @Test("500 members: each echoed within its rotation, datagrams within 1400 bytes, hellos paced")
    func crowd() throws {
        var bench = Bench()
        var members = (1..<500).compactMap { ScriptedMember($0, keys: bench.keys) }
        bench.send(.viewChanged([vip: view()]))
        bench.send(.started(kernelHolds: [], snapshot: .init()))
        for index in members.indices {
            members[index].interval = 1000
            members[index].rotation = 11
        }
        for _ in 0..<9 {
            for index in members.indices {
                bench.send(members[index].hello(echoing: bench.lastSent))
                bench.run(.milliseconds(2))
            }
        }
        #expect(bench.session.peerStatuses.count == 499)
        #expect(bench.session.peerStatuses.allSatisfy { $0.state == .up })
        #expect(bench.session.claims(vip))
        bench.effects = []
        for index in members.indices {
            bench.send(members[index].hello(echoing: bench.lastSent))
            bench.run(.milliseconds(2))
        }
        let hellos = bench.messages().filter { $0.header.type == .hello }
        #expect(hellos.allSatisfy { $0.header.rotation == 11 })
        // The only owner keeps its interval; eleven hellos echo everybody.
        #expect((9...12).contains(hellos.count), "\(hellos.count)")
        let echoed = hellos.prefix(11).flatMap { message in
            message.elements.flatMap { element -> [InstanceID] in
                if case .echo(let entries) = element { entries.map(\.instance) } else { [] }
            }
        }
        #expect(Set(echoed).count >= 430)
        for case .send(let bytes, _) in bench.effects { #expect(bytes.count <= OwnershipMessage.maximumLength) }
    }

    @Test("a member that owns nothing among 60 sends each second, after having said so three times")
    func pacing() throws {
        var bench = Bench()
        bench.send(.viewChanged([vip: VIPView(candidates: [], eligibility: .notEligible(reason: "test"))]))
        bench.send(.started(kernelHolds: [], snapshot: .init()))
        var members = (1..<60).compactMap { ScriptedMember($0, keys: bench.keys) }
        for _ in 0..<60 {
            for index in members.indices { bench.send(members[index].hello(echoing: bench.lastSent)) }
            bench.run(.milliseconds(100))
        }
        bench.effects = []
        for _ in 0..<50 {
            for index in members.indices { bench.send(members[index].hello(echoing: bench.lastSent)) }
            bench.run(.milliseconds(100))
        }
        let hellos = bench.messages().filter { $0.header.type == .hello }
        #expect((5...6).contains(hellos.count), "\(hellos.count)")
        #expect(hellos.allSatisfy { $0.header.interval == 1000 })
    }

    @Test("many members that ask for a table at once get one answer")
    func tableAnswers() throws {
        var bench = Bench()
        bench.send(.viewChanged([vip: view(["node-a"])]))
        bench.send(.started(kernelHolds: [], snapshot: .init()))
        var members = (1...40).compactMap { ScriptedMember($0, keys: bench.keys) }
        for _ in 0..<15 {
            for index in members.indices { bench.send(members[index].hello(echoing: bench.lastSent)) }
            bench.run(.milliseconds(100))
        }
        #expect(bench.session.claims(vip))
        bench.effects = []
        for index in members.indices {
            members[index].sequence += 1
            let header = OwnershipHeader(
                type: .syncRequest, instance: members[index].instance, sequence: members[index].sequence,
                interval: 100, multiplier: 3, mac: members[index].mac)
            let bytes = OwnershipMessage(header: header, elements: []).encoded(keys: bench.keys)
            bench.send(.datagram(.init(bytes: bytes, source: members[index].address)))
        }
        bench.run(.milliseconds(250))
        let answers = bench.messages().filter { $0.header.type == .sync }
        #expect(answers.count == 2, "one to the first at once, one to all others")
    }
}
