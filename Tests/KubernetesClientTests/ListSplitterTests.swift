import KubernetesObjects
import NIOCore
import Testing

@testable import KubernetesClient

@Suite("a list taken apart")
struct ListSplitterTests {
    private func split(_ text: String, size: Int = 7, maximum: Int = 1000) throws -> (items: [String], rest: String) {
        var splitter = ListSplitter(maximumItem: maximum)
        var items: [String] = []
        for piece in pieces(of: text, size: size) { items += try splitter.split(piece).map { String(buffer: $0) } }
        return (items, String(buffer: splitter.envelope))
    }

    @Test("gives every element of a real answer, however it was cut", arguments: [1, 2, 3, 13, 64, 100_000])
    func realAnswer(size: Int) throws {
        var splitter = ListSplitter(maximumItem: 10_000)
        var page = ListPage<ConfigMap>()
        for piece in pieces(of: try Golden.text("list-limit"), size: size) {
            for item in try splitter.split(piece) { try page.append(item) }
        }
        try page.finish(splitter.envelope)
        #expect(page.objects.map(\.metadata.name) == ["g1", "g2"])
        #expect(page.resourceVersion == "234")
        #expect(page.continueToken?.hasPrefix("eyJ2") == true)
        #expect(page.unreadable.isEmpty)
    }

    @Test(
        "is not misled by what strings, keys and depths hold",
        arguments: [
            (#"{"items":[]}"#, [], #"{"items":[]}"#),
            (#"{"items":null,"x":[{"a":1}]}"#, [], #"{"items":null,"x":[{"a":1}]}"#),
            (
                #"{"x":{"items":[{}]},"items":[{"a":"]}"},{"b":[{}]}],"y":1}"#, [#"{"a":"]}"}"#, #"{"b":[{}]}"#],
                #"{"x":{"items":[{}]},"items":[],"y":1}"#
            ),
            (
                #"{"k":"items","z":[{"n":1}],"items": [ {"q":"\"}{"} ] }"#, [#"{"q":"\"}{"}"#],
                #"{"k":"items","z":[{"n":1}],"items": [] }"#
            ),
            (#"{"itemsx":[{"a":1}],"item":[{"a":1}]}"#, [], #"{"itemsx":[{"a":1}],"item":[{"a":1}]}"#),
            (#"{"items":[{"e":"\\"},{"f":"\\\""}]}"#, [#"{"e":"\\"}"#, #"{"f":"\\\""}"#], #"{"items":[]}"#),
        ])
    func structure(text: String, items: [String], rest: String) throws {
        for size in [1, 3, 1000] {
            let result = try split(text, size: size)
            #expect(result.items == items)
            #expect(result.rest == rest)
        }
    }

    @Test(
        "refuses elements that are no objects",
        arguments: [#"{"items":[1]}"#, #"{"items":[null]}"#, #"{"items":["x"]}"#])
    func noObject(text: String) {
        #expect(throws: ListSplitter.Failure.itemIsNoObject) { try split(text) }
    }

    @Test("refuses an element beyond the limit, before its end too")
    func longItem() {
        let text = #"{"items":[{"a":"# + "\"" + String(repeating: "x", count: 2000)
        #expect(throws: ListSplitter.Failure.itemTooLong(maximum: 1000)) { try split(text, size: 100) }
    }

    @Test("does not hold an endless envelope")
    func longEnvelope() {
        var splitter = ListSplitter(maximumItem: 10)
        let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 19)
        #expect(throws: ListSplitter.Failure.envelopeTooLong) {
            for _ in 0..<3 { _ = try splitter.split(chunk) }
        }
    }

    @Test(
        "is a list only if it is whole",
        arguments: [
            "", "{", #"{"kind":"ServiceList","metadata":{"resourceVersion":"1"},"items":[{"metadata":{}}"#,
            #"{"kind":"ServiceList","metadata":{"resourceVersion":"1"}}"#,
            #"{"kind":"Status","metadata":{},"items":[]}"#, "<html>busy</html>", "[]",
            #"{"kind":"ServiceList","items":[]}trailing"#,
        ])
    func incomplete(text: String) throws {
        var splitter = ListSplitter(maximumItem: 1000)
        var page = ListPage<ConfigMap>()
        for item in try splitter.split(ByteBuffer(string: text)) { try page.append(item) }
        let error = #expect(throws: KubernetesError.self) { try page.finish(splitter.envelope) }
        #expect(error?.code == .badAnswer)
    }

    @Test("names an element that does not decode and keeps the others")
    func unreadable() throws {
        let text = """
            {"kind":"ConfigMapList","metadata":{"resourceVersion":"9"},"items":[
            {"metadata":{"name":"good","namespace":"a"}},
            {"metadata":{"name":"bad","namespace":"a"},"data":{"k":7}},
            {"metadata":7},
            {"metadata":{"name":"fine","namespace":"a"}}]}
            """
        var splitter = ListSplitter(maximumItem: 1000)
        var page = ListPage<ConfigMap>()
        for item in try splitter.split(ByteBuffer(string: text)) { try page.append(item) }
        try page.finish(splitter.envelope)
        #expect(page.objects.map(\.metadata.name) == ["good", "fine"])
        #expect(page.unreadable.map(\.key.description) == ["a/bad", ""])
        #expect(page.unreadable.first?.problem.hasPrefix("data.k: ") == true)
    }
}
