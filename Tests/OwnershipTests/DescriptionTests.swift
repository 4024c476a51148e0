import Addresses
import Ownership
import Testing

@Suite("States in words")
struct DescriptionTests {
    @Test(
        "a state is said in words, with its reason",
        arguments: [
            (VIPState.owning, "owning"), (.electing(.turn), "electing: turn"),
            (.handingOver(.notEligible("nodeExcluded")), "handing over: nodeExcluded"),
            (.notCandidate(.notConfigured), "not a candidate: not configured here"),
            (.notCandidate(.linkDown), "not a candidate: linkDown"),
            (.backingOff(MACAddress(bits: 0x5254_0000_0001)), "backing off: 52:54:00:00:00:01"),
        ])
    func states(state: VIPState, text: String) { #expect("\(state)" == text) }

    @Test("so is a member's")
    func members() {
        #expect("\(PeerState.up)" == "up")
        #expect("\(PeerState.down(.leaseEnding))" == "down: lease ending")
    }
}
