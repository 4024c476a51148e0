import KubernetesObjects
import Testing

@testable import LabAPI

@Suite struct TextTests {
    @Test(
        "JSON that is none is refused in the words of Go's decoder",
        arguments: [
            ("", "unexpected end of JSON input"), ("{", "unexpected end of JSON input"),
            ("[1,", "unexpected end of JSON input"), ("\"a", "unexpected end of JSON input"),
            ("tru", "unexpected end of JSON input"), ("i", "invalid character 'i' looking for beginning of value"),
            ("{a", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 \"b\"", "invalid character '\"' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("1 2", "invalid character '2' after top-level value"),
            ("trux", "invalid character 'x' in literal true (expecting 'e')"),
            ("-x", "invalid character 'x' in numeric literal"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1ex", "invalid character 'x' in exponent of numeric literal"),
            ("01", "invalid character '1' after top-level value"),
            ("\"\\x\"", "invalid character 'x' in string escape code"),
            ("\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"),
            ("\"a\nb\"", "invalid character '\\n' in string literal"),
        ])
    func refused(_ text: String, _ message: String) {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(Array(text.utf8)) }
        do {
            _ = try JSONReader.read(Array(text.utf8))
        } catch {
            #expect(error.message == message)
        }
    }

    @Test(
        "JSON is read as Go reads it, and written so that it reads the same",
        arguments: [
            ("9223372036854775807", .int(.max)), ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("1e3", .double(1000)), ("-0.5", .double(-0.5)), ("\"\\ud83c\\udfd5\\n\\u0000\"", "\u{1F3D5}\n\u{0}"),
            ("\"\\ud83c\"", "\u{FFFD}"), (" [ { } , null , true ] ", [[:], nil, true]), ("\"\\/\"", "/"),
        ] as [(String, JSONValue)])
    func read(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONReader.read(Array(text.utf8)).value == value)
        var pretty = JSONWriter(pretty: true)
        pretty.write(value)
        for bytes in [JSONWriter.bytes(value), pretty.bytes] {
            let again = try JSONReader.read(bytes).value
            // A whole number may come back as an integer.
            if case .double(let number) = value, case .int(let whole) = again {
                #expect(Double(whole) == number)
            } else {
                #expect(again == value)
            }
        }
    }

    @Test("keys that occur twice are named with their path, and nesting without end is refused")
    func oddities() throws {
        let text = #"{"a":1,"b":[{"c":1,"c":2}],"a":3}"#
        #expect(try JSONReader.read(Array(text.utf8)).duplicates == ["b[0].c", "a"])
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(deep) }
    }

    @Test("a broken text never crashes the reader")
    func mangled() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",true,false,null,{"b":{}}]}"#.utf8)
        for index in text.indices {
            _ = try? JSONReader.read(Array(text.prefix(index)))
            for byte in UInt8.min ... .max {
                var broken = text
                broken[index] = byte
                _ = try? JSONReader.read(broken)
            }
        }
    }

    @Test(
        "times are read with any offset and fraction and written in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
            ("2026-11-23T04:18:03Z", "2026-11-23T04:18:03.000000Z"),
            ("2024-02-29T23:59:59.123456789+02:30", "2024-02-29T21:29:59.123456Z"),
            ("1969-12-31T23:59:59.5-01:00", "1970-01-01T00:59:59.500000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
            ("2100-03-01t00:00:00z", "2100-03-01T00:00:00.000000Z"),
        ])
    func times(_ text: String, _ expected: String) {
        #expect(Timestamp(text)?.microText == expected)
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23 04:18:03Z",
            "2026-11-23T04:18:03", "2026-11-23T04:18:03.Z", "2026-11-23T04:18:03+1:00", "x026-11-23T04:18:03Z",
        ])
    func noTimes(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("a token file gives users and groups, and names the line that is wrong")
    func tokens() throws {
        let file = try TokenFile(parsing: "# people\nt1,ann,1,\"a, b\"\r\n\nt2,bob,2\n")
        #expect(file.user(authorization: "Bearer t1") == User(name: "ann", uid: "1", groups: ["a", "b"]))
        #expect(file.user(authorization: "bearer  t2") == User(name: "bob", uid: "2"))
        #expect(file.user(authorization: "Basic t1") == nil)
        #expect(file.user(authorization: nil) == nil)
        #expect(throws: TokenFile.Failure(message: "line 2: expected token,user,uid and optionally \"groups\"")) {
            try TokenFile(parsing: "t,a,b\nx\n")
        }
        #expect(throws: TokenFile.Failure.self) { try TokenFile(parsing: "t,a,b,\"c\n") }
    }
}
