import PositionedYAML
import Testing

@Suite("YAML with positions")
struct YAMLStreamTests {
    private func problem(_ text: String) -> String? {
        do {
            _ = try YAMLStream.documents(text)
            return nil
        } catch {
            return "\(error.position): \(error.message)"
        }
    }

    @Test("every value knows its line and column")
    func positions() throws {
        let text = "a:\n  - x\n  - {b: [1, 2], \"c\": ü}\nd: z\n"
        let root = try #require(try YAMLStream.documents(text).first)
        #expect(root.position(ofPath: "a[0]") == YAMLPosition(line: 2, column: 5))
        #expect(root.position(ofPath: "a[1].b[1]") == YAMLPosition(line: 3, column: 13))
        #expect(root.position(ofPath: "a[1].c") == YAMLPosition(line: 3, column: 22))
        #expect(root.position(ofPath: "d") == YAMLPosition(line: 4, column: 4))
        #expect(
            root.entries?.map(\.keyPosition) == [YAMLPosition(line: 1, column: 1), YAMLPosition(line: 4, column: 1)])
    }

    @Test("a path that leads nowhere ends at the last value that exists")
    func pathToNowhere() throws {
        let root = try #require(try YAMLStream.documents("spec:\n  list: [1]\n  labels:\n    a.b/c: x\n").first)
        #expect(root.position(ofPath: "spec.list[7].x") == YAMLPosition(line: 2, column: 9))
        #expect(root.position(ofPath: "spec.labels[a.b/c]") == YAMLPosition(line: 4, column: 12))
        #expect(root.position(ofPath: "status") == root.position)
    }

    @Test("documents that are empty or comments only are left out")
    func documents() throws {
        #expect(try YAMLStream.documents("---\n# nothing\n---\na: 1\n---\n\n---\nb: 2\n...\n").count == 2)
        #expect(try YAMLStream.documents("").isEmpty)
        #expect(try YAMLStream.documents("\u{FEFF}a: 1").count == 1)
    }

    @Test(
        "scalars mean what Kubernetes reads in them",
        arguments: [
            ("64512:10", "text"), ("\"12\"", "text"), ("10.0.0.0/24", "text"), ("1.2.3.4", "text"), ("yes", "bool"),
            ("'yes'", "text"),
            ("12", "int"), ("-12", "int"), ("0x10", "int"), ("1_000", "int"), ("1.5", "double"), ("1e3", "double"),
            ("~", "null"),
            ("", "null"), ("null", "null"), ("''", "text"), ("-", "text"), ("90s", "text"), ("inf", "text"),
            ("08", "double"),
            ("99999999999999999999", "double"),
        ])
    func scalars(text: String, expected: String) throws {
        let document = try #require(try YAMLStream.documents("k: \(text == "-" ? "'-'" : text)").first)
        let scalar = try #require(document["k"]?.scalar)
        let found =
            scalar.isNull
            ? "null"
            : scalar.bool != nil ? "bool" : scalar.int != nil ? "int" : scalar.double != nil ? "double" : "text"
        #expect(found == expected)
        #expect(scalar.isString == (expected == "text"))
    }

    @Test("aliases and merge keys are resolved; what is there wins over what is merged")
    func aliases() throws {
        let text = "a: &x {p: 1, q: 2}\nb: *x\nc:\n  <<: [*x, {q: 5, r: 3}]\n  p: 9\n"
        let root = try #require(try YAMLStream.documents(text).first)
        #expect(root["b"]?["q"]?.scalar?.int == 2)
        #expect(root["c"]?["p"]?.scalar?.int == 9)
        #expect(root["c"]?["q"]?.scalar?.int == 2)
        #expect(root["c"]?["r"]?.scalar?.int == 3)
    }

    @Test(
        "what is no YAML is refused with its place",
        arguments: [
            ("a:\n\tb: 1\n", "2:1: a tab, where YAML allows only spaces"),
            ("a: 1\na: 2\n", "1:1: the key \"a\" stands here twice"),
            (
                "a: [1, 2\nb: 3\n",
                "2:2: is no YAML: did not find expected ',' or ']', while parsing a flow sequence in line 1"
            ),
            ("a: b: c\n", "1:5: is no YAML: mapping values are not allowed in this context"),
            ("a: *nowhere\n", "1:4: is no YAML: found undefined alias"),
            ("a: \u{1}\n", "1:4: is no YAML: control characters are not allowed (U+1)"),
            ("? [a, b]\n: c\n", "1:3: a list or mapping as a key"),
            ("<<: 3\n", "1:1: \"<<\" takes a mapping or a list of mappings"),
            ("a: \"x\n", "2:1: is no YAML: found unexpected end of stream, while scanning a quoted scalar in line 1"),
        ])
    func refused(text: String, expected: String) {
        #expect(problem(text) == expected)
    }

    @Test("a text that grows without bound by aliases is refused at once")
    func bomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(problem(text + "? *a30\n: x\n")?.hasPrefix("1:1: aliases") == true)
        var wide = "a: &a [" + Array(repeating: "x", count: 20_000).joined(separator: ",") + "]\n"
        for index in 0..<200 { wide += "b\(index): *a\n" }
        #expect(problem(wide)?.hasSuffix("more than 2000000 values") == true)
    }

    @Test("nesting without end is refused", arguments: ["[", "{a: ", "- ", "? "])
    func deep(opening: String) {
        #expect(problem(String(repeating: opening, count: 100_000)) != nil)
    }

    @Test("a megabyte of garbage is refused with a place")
    func garbage() {
        var state: UInt64 = 42
        for alphabet in ["ab:-[]{}\n \"'#&*!|>%@`?,", "\u{0}\u{1}\u{7F}\u{85}\u{FFFD}xyz: \n"] {
            let letters = Array(alphabet)
            var text = ""
            for _ in 0..<1_000_000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(letters[Int(state >> 33) % letters.count])
            }
            #expect(problem(text) != nil)
        }
    }
}
