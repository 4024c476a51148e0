import ConfigurationFiles
import Testing

@Suite("Files that are almost right")
struct MutationTests {
    private static let seeds = [
        """
        apiVersion: metallb.io/v1beta1
        kind: IPAddressPool
        metadata: {name: a, labels: {k: v}}
        spec:
          addresses: [10.0.0.0/24, "2001:db8::1-2001:db8::9"]
          autoAssign: true
          serviceAllocation: {priority: 5, namespaces: [x], serviceSelectors: [{matchExpressions: [{key: k, operator: In, values: [v]}]}]}
        ---
        apiVersion: metallb.io/v1beta2
        kind: BGPPeer
        metadata: {name: p}
        spec: {myASN: 1, peerASN: 2, peerAddress: "fe80::1%eth0", holdTime: 1m30s, keepaliveTime: 10s, nodeSelectors: [{matchLabels: {a: b}}]}
        """,
        """
        peers:
        - {my-asn: 1, peer-asn: 2, peer-address: 10.0.0.1, hold-time: 90s, node-selectors: [{match-labels: {a: b}}]}
        bgp-communities: {x: 1:1}
        address-pools:
        - name: a
          protocol: bgp
          addresses: [10.0.0.0/24, 10.0.1.1-10.0.1.9]
          bgp-advertisements: [{aggregation-length: 32, communities: [x], localpref: 7}]
        - &b {name: b, protocol: layer2, addresses: [10.0.2.0/24]}
        """,
    ]

    @Test("any slip of the keyboard is told with a line of the file, or does no harm", arguments: seeds)
    func mutations(seed: String) {
        var state: UInt64 = 7
        let next = { (bound: Int) -> Int in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let letters = Array("ab09.:-/,[]{}&*!|>'\"%@#~\n\t \u{0}ü=<?".unicodeScalars)
        for _ in 0..<300 {
            var text = Array(seed.unicodeScalars)
            for _ in 0...next(3) {
                let place = next(text.count)
                switch next(4) {
                case 0: text.remove(at: place)
                case 1: text.insert(letters[next(letters.count)], at: place)
                case 2: text[place] = letters[next(letters.count)]
                default: text.removeSubrange(place..<min(text.count, place + next(40)))
                }
                if text.isEmpty { text = [" "] }
            }
            var mutated = String.UnicodeScalarView()
            mutated.append(contentsOf: text)
            let lines = String(mutated).utf8.count { $0 == 0x0A } + 2
            for problem in ConfigurationFiles.validate([ConfigurationFile(name: "f", text: String(mutated))]) {
                #expect((1...lines).contains(problem.line) && !problem.message.isEmpty)
            }
        }
    }
}
