import ClusterConfiguration
import LegacyConfiguration
import Testing

/// A text in which every key of the legacy configuration stands, each in a line of its own.
private let complete = """
    peers:
    - my-asn: 64512
      peer-asn: 64513
      peer-address: 10.0.0.1
      source-address: 10.0.0.2
      peer-port: 1179
      hold-time: 120s
      keepalive-time: 40s
      router-id: 10.10.10.10
      password: s3cret
      bfd-profile: fast
      ebgp-multihop: true
      node-selectors:
      - match-labels:
          rack: a1
        match-expressions:
        - key: size
          operator: NotIn
          values: [small]
    bgp-communities:
      vpn: 1234:1
    bfd-profiles:
    - name: fast
      receive-interval: 50
      transmit-interval: 60
      detect-multiplier: 5
      echo-interval: 70
      echo-mode: false
      passive-mode: true
      minimum-ttl: 10
    address-pools:
    - name: edge
      protocol: bgp
      auto-assign: false
      avoid-buggy-ips: true
      addresses: [198.51.100.0/24, 2001:db8::/64]
      bgp-advertisements:
      - aggregation-length: 24
        aggregation-length-v6: 64
        localpref: 100
        communities: [vpn]
    """

/// One line of the text with something wrong in it.
struct Slip: Sendable, CustomTestStringConvertible {
    /// From 1.
    var line: Int
    var text: String

    /// The whole text with this line in place of the right one.
    var whole: String {
        var lines = complete.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[line - 1] = text
        return lines.joined(separator: "\n")
    }

    var testDescription: String { "\(line): \(text)" }
}

private struct Line {
    var number: Int
    /// Spaces and the dash of a list.
    var indent: String
    var key: String
    /// What stands behind the colon; empty where a block follows.
    var value: String
}

private let lines: [Line] = complete.split(separator: "\n").enumerated().map { index, text in
    let indent = text.prefix { $0 == " " || $0 == "-" }
    let key = text.dropFirst(indent.count).prefix { $0 != ":" }
    return Line(
        number: index + 1, indent: String(indent), key: String(key),
        value: String(text.dropFirst(indent.count + key.count + 1).drop { $0 == " " }))
}

/// Keys that a user chooses.
private let free = ["rack", "vpn"]

private let misspelt: [Slip] = lines.filter { !free.contains($0.key) }.flatMap { line in
    ["x" + line.key, String(line.key.dropLast()), line.key.uppercased(), line.key.replacing("-", with: "_") + "_"]
        .map { Slip(line: line.number, text: "\(line.indent)\($0): \(line.value)") }
}

/// Values that no key takes, or that this one does not.
private let wrongValues: [String: [String]] = [
    "peers": ["x"], "my-asn": ["0", "-1", "x", "4294967296", "1.5"], "peer-asn": ["0", "-1", "x", "4294967296"],
    "peer-address": ["x", "10.0.0.256", "10.0.0.1/24", "\"\""], "source-address": ["x", "2001:db8::5"],
    "peer-port": ["65536", "-1", "x"], "hold-time": ["x", "2s", "-1s", "90", "65536s"],
    "keepalive-time": ["x", "121s", "40"], "router-id": ["x", "2001:db8::1", "0.0.0.0"], "bfd-profile": ["slow"],
    "ebgp-multihop": ["7", "x"], "node-selectors": ["x"], "match-labels": ["x"], "rack": ["a b", "{}"],
    "match-expressions": ["x"], "key": ["a b", "\"\"", "a/b/c"], "operator": ["Near", "\"\""],
    "values": ["x", "[]", "[small, small]", "[a b]"], "bgp-communities": ["x", "[]"],
    "vpn": ["65536:1", "x", "1:2:3", "large:1:2"], "bfd-profiles": ["x"], "receive-interval": ["9", "60001", "x"],
    "transmit-interval": ["9", "60001", "x"], "detect-multiplier": ["1", "256", "x"],
    "echo-interval": ["9", "60001", "x"], "echo-mode": ["7"], "passive-mode": ["x"], "minimum-ttl": ["0", "255", "x"],
    "address-pools": ["x"], "name": ["\"\""], "protocol": ["layer3", "\"\""], "auto-assign": ["7"],
    "avoid-buggy-ips": ["x"],
    "addresses": ["x", "[]", "[10.0.0.9-10.0.0.1]", "[10.0.0.0/33]", "[10.0.0.0/24, 10.0.0.5/32]"],
    "bgp-advertisements": ["x"], "aggregation-length": ["33", "0", "23", "x"],
    "aggregation-length-v6": ["129", "63", "-1", "x"], "localpref": ["-1", "4294967296", "x"],
    "communities": ["[nothere]", "[vpn, vpn]", "[\"1:65536\"]", "x"],
]

private let wrong: [Slip] = lines.flatMap { line in
    // A scalar's place takes no list and no mapping, and no other place takes a mapping that nobody knows.
    let shapes = line.value.isEmpty || line.value.hasPrefix("[") ? ["{nobody: knows}"] : ["[a]", "{a: b}"]
    let values = shapes.filter { $0.hasPrefix("[") || !(["match-labels", "bgp-communities"].contains(line.key)) }
    return (values + (wrongValues[line.key] ?? [])).map { value in
        Slip(line: line.number, text: "\(line.indent)\(line.key): \(value)")
    }
}

@Suite("Hostile legacy texts")
struct HostileTextTests {
    private func found(_ text: String) -> [LegacyProblem] {
        switch LegacyConfiguration.resources(from: text, namespace: "toono") {
        case .success: []
        case .failure(let invalid): invalid.problems
        }
    }

    /// The text with everything below the line cut off that stands deeper, which a scalar in its place leaves no room for.
    private func withoutBlock(_ slip: Slip) -> String {
        let all = slip.whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines[slip.line - 1].value.isEmpty else { return slip.whole }
        func depth(_ line: Int) -> Int { lines[line].indent.count }
        var end = slip.line
        while end < all.count, depth(end) > depth(slip.line - 1) || (depth(end) == depth(slip.line - 1) + 2) {
            end += 1
        }
        return (all[..<slip.line] + all[end...]).joined(separator: "\n")
    }

    @Test("the text that the others are made of is right, and every key has wrong values")
    func right() {
        #expect(problems(complete) == [])
        #expect(lines.filter { wrongValues[$0.key] == nil && $0.key != "password" }.map(\.key) == [])
    }

    @Test("each key misspelt is told in its line, with what is meant where that is clear", arguments: misspelt)
    func misspeltKey(slip: Slip) throws {
        let found = found(slip.whole)
        let problem = try #require(found.first { $0.message.hasPrefix("unknown key") })
        #expect(problem.line == slip.line)
        #expect(problem.column == lines[slip.line - 1].indent.count + 1)
    }

    @Test("each value that is wrong is told in its line", arguments: wrong)
    func wrongValue(slip: Slip) throws {
        let found = found(withoutBlock(slip))
        let first = try #require(found.first)
        #expect(found.contains { $0.line == slip.line }, "\(first)")
    }

    @Test("a tab for an indent is told in its line", arguments: lines.filter { $0.indent.hasPrefix(" ") }.map(\.number))
    func tab(line: Int) throws {
        let text = lines[line - 1]
        let slip = Slip(line: line, text: "\t\(text.indent.drop { $0 == " " })\(text.key): \(text.value)")
        let problem = try #require(found(slip.whole).first)
        #expect(problem.line == line)
        #expect(problem.message.contains("tab"))
    }

    @Test("the text cut off anywhere is right or told with a place")
    func cutOff() {
        for length in stride(from: 1, to: complete.utf8.count, by: 3) {
            let text = String(complete.prefix(length))
            // A list that never ends is told at its end: the line after the last.
            let end = text.split(separator: "\n", omittingEmptySubsequences: false).count + 1
            for problem in found(text) { #expect((1...end).contains(problem.line) && problem.column >= 1) }
        }
    }

    @Test(
        "a megabyte of anything is told with a place, in few words",
        arguments: [
            String(repeating: "peers: [{my-asn: 1}]\n", count: 50_000), String(repeating: "- ", count: 500_000),
            String(repeating: "\u{0}", count: 1_000_000), String(repeating: "\t", count: 1_000_000),
            String(repeating: "{", count: 1_000_000), String(repeating: "\u{1F525}", count: 250_000),
            "password: " + String(repeating: "x", count: 1_000_000),
            "address-pools:\n" + String(repeating: "- {name: a}\n", count: 80_000),
        ])
    func megabyte(text: String) {
        let found = found(text)
        #expect(!found.isEmpty)
        #expect(found.count <= 1001)
        #expect(found.allSatisfy { $0.line >= 1 && $0.column >= 1 && $0.description.utf8.count < 600 })
    }
}
