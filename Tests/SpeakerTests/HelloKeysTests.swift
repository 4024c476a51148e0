import Ownership
import Speaker
import Testing

@Suite("Hello keys")
struct HelloKeysTests {
    static let one = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
    static let two = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY="

    @Test("one line is one key, two are a rotation; the first is used to send")
    func keys() throws {
        let alone = try HelloKeys.parse(Self.one + "\n", path: "key")
        let rotation = try HelloKeys.parse("\(Self.one)\r\n\n \(Self.two) \n", path: "key")
        #expect(alone.sendingID == rotation.sendingID)
        #expect(alone != rotation)
        #expect(try HelloKeys.parse(Self.one, path: "other") == alone)
    }

    @Test(
        "a file that is no key says where and why, and never repeats itself",
        arguments: [
            ("", nil, "has no key"), ("\n \n", nil, "has no key"), ("secret!", 1, "base64"),
            ("c2hvcnQ=", 1, "16 bytes"),
            ("\(one)\nnope", 2, "base64"), ("\(one)\n\(one)", 2, "another"),
            ("\(one)\n\(two)\n\(one)", 3, "third"),
        ] as [(String, Int?, String)])
    func refused(text: String, line: Int?, word: String) {
        let failure = #expect(throws: HelloKeys.Failure.self) { try HelloKeys.parse(text, path: "/keys/hello") }
        #expect(failure?.line == line)
        #expect(failure?.description.contains("/keys/hello") == true)
        #expect(failure?.description.contains(word) == true)
        #expect(failure?.description.contains("secret") == false)
    }
}
