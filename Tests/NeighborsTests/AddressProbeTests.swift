import Addresses
import Neighbors
import Testing

@Suite("Whether an address is free on a link")
struct AddressProbeTests {
    private static let address = IPAddress(v4: 0x0A09_0064)
    private static let stranger = MACAddress(bits: 0x02_0000_0000_99)

    @Test("without an answer for 50 ms it is free, and the probe has no deadline any more")
    func free() {
        var probe = AddressProbe(Self.address, at: .seconds(1))
        #expect(probe.nextDeadline == .milliseconds(1050))
        #expect(probe.tick(at: .milliseconds(1049)) == nil)
        #expect(probe.tick(at: .milliseconds(1050)) == .addressFree)
        #expect(probe.state == .free && probe.nextDeadline == nil)
        #expect(probe.tick(at: .seconds(9)) == nil)
    }

    @Test("while a stranger answers it is asked for again after 1, 2, 4, … 60 s, and told once a question")
    func backoff() {
        var now = Duration.zero
        var probe = AddressProbe(Self.address, at: now)
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            now += .milliseconds(10)
            #expect(
                probe.hear(Self.address, from: Self.stranger, isKnown: false, at: now) == .addressInUse(Self.stranger))
            #expect(probe.hear(Self.address, from: Self.stranger, isKnown: false, at: now) == nil)
            #expect(probe.state == .inUse(by: Self.stranger, askAgainAt: now + .seconds(pause)))
            now += .seconds(pause)
            #expect(probe.nextDeadline == now)
            #expect(probe.tick(at: now) == .ask)
        }
        #expect(probe.tick(at: now + .milliseconds(50)) == .addressFree)
    }

    @Test("an answer of another speaker, or for another address, is none")
    func otherAnswers() {
        var probe = AddressProbe(Self.address, at: .zero)
        #expect(probe.hear(Self.address, from: Self.stranger, isKnown: true, at: .zero) == nil)
        #expect(probe.hear(IPAddress(v4: 1), from: Self.stranger, isKnown: false, at: .zero) == nil)
        #expect(probe.state == .waiting(until: .milliseconds(50)))
    }

    @Test("an answer that comes after the address was found free is not the probe's to judge")
    func afterwards() {
        var probe = AddressProbe(Self.address, at: .zero)
        #expect(probe.tick(at: .milliseconds(50)) == .addressFree)
        #expect(probe.hear(Self.address, from: Self.stranger, isKnown: false, at: .milliseconds(60)) == nil)
        #expect(probe.state == .free)
    }
}
