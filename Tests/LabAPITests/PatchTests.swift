import KubernetesObjects
import Testing

@testable import LabAPI

@Suite struct PatchTests {
    private static func json(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)).value }

    @Test(
        "JSON patches do what RFC 6902's appendix says",
        arguments: [
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"foo":"bar","baz":"qux"}"#),
            (
                #"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
                #"{"foo":["bar","qux","baz"]}"#
            ),
            (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
            (#"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
            (#"{"baz":"qux"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#, #"{"baz":"boo"}"#),
            (
                #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
                #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
                #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
            ),
            (
                #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
                #"{"foo":["all","cows","eat","grass"]}"#
            ),
            (
                #"{"baz":"qux","foo":["a",2,"c"]}"#,
                #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
                #"{"baz":"qux","foo":["a",2,"c"]}"#
            ),
            (
                #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
                #"{"foo":"bar","child":{"grandchild":{}}}"#
            ),
            (
                #"{"/":9,"~1":10}"#,
                #"[{"op":"test","path":"/~01","value":10},{"op":"copy","from":"/~1","path":"/x"}]"#,
                #"{"/":9,"~1":10,"x":9}"#
            ),
            (
                #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
                #"{"foo":["bar",["abc","def"]]}"#
            ),
            (#"{"a":1}"#, #"[{"op":"replace","path":"","value":{"b":2}}]"#, #"{"b":2}"#),
        ])
    func jsonPatch(_ document: String, _ patch: String, _ expected: String) throws {
        #expect(try JSONPatch(reading: Self.json(patch)).apply(to: Self.json(document)) == Self.json(expected))
    }

    @Test(
        "JSON patches that do not fit are refused",
        arguments: [
            (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#),
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#),
            (#"{"foo":[1]}"#, #"[{"op":"add","path":"/foo/2","value":1}]"#),
            (#"{"foo":[1]}"#, #"[{"op":"remove","path":"/foo/01"}]"#), (#"{}"#, #"[{"op":"remove","path":"/a"}]"#),
            (#"{}"#, #"[{"op":"replace","path":"/a","value":1}]"#),
            (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":"/a/c"}]"#),
            (#"{}"#, #"[{"op":"frob","path":"/a"}]"#), (#"{}"#, #"[{"op":"add","path":"a","value":1}]"#),
            (#"{}"#, #"[{"op":"add","path":"/a~2","value":1}]"#), (#"{}"#, #"{"op":"add"}"#),
        ])
    func jsonPatchRefused(_ document: String, _ patch: String) throws {
        let (document, patch) = (try Self.json(document), try Self.json(patch))
        #expect(throws: JSONPatch.Failure.self) { try JSONPatch(reading: patch).apply(to: document) }
    }

    @Test(
        "merge patches do what RFC 7386's appendix says",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ])
    func mergePatch(_ document: String, _ patch: String, _ expected: String) throws {
        #expect(MergePatch.apply(try Self.json(patch), to: try Self.json(document)) == (try Self.json(expected)))
    }

    private static let schema = FieldSchema.structure(
        .init(fields: [
            "ports": .list(
                element: .structure(.init(fields: ["port": .scalar, "name": .scalar, "labels": .strings])),
                .init(topology: .map(keys: [.init("port")]), patchMerges: true, patchMergeKey: "port")),
            "finalizers": .list(element: .scalar, .init(topology: .set, patchMerges: true)), "args": .atomicList(),
            "strategy": .structure(
                .init(fields: ["type": .scalar, "rollingUpdate": .any], retainsKeys: true)), "labels": .strings,
        ]))

    @Test(
        "strategic merge patches merge lists by key and follow their directives",
        arguments: [
            (
                #"{"ports":[{"port":80,"name":"a"}]}"#, #"{"ports":[{"port":81},{"port":80,"name":"b"}]}"#,
                #"{"ports":[{"port":81},{"port":80,"name":"b"}]}"#
            ),
            (
                #"{"ports":[{"port":1},{"port":2},{"port":3}]}"#, #"{"ports":[{"port":2,"$patch":"delete"}]}"#,
                #"{"ports":[{"port":1},{"port":3}]}"#
            ),
            (
                #"{"ports":[{"port":1},{"port":2}]}"#, #"{"ports":[{"port":3},{"$patch":"replace"}]}"#,
                #"{"ports":[{"port":3}]}"#
            ),
            (#"{"labels":{"a":"1","b":"2"}}"#, #"{"labels":{"$patch":"replace","c":"3"}}"#, #"{"labels":{"c":"3"}}"#),
            (
                #"{"labels":{"a":"1"},"args":["x"]}"#, #"{"labels":{"$patch":"delete"},"args":["y"]}"#,
                #"{"labels":{},"args":["y"]}"#
            ),
            (#"{"finalizers":["a","b"]}"#, #"{"finalizers":["c","a"]}"#, #"{"finalizers":["c","a","b"]}"#),
            (
                #"{"finalizers":["a","b","c"]}"#, #"{"$deleteFromPrimitiveList/finalizers":["b"]}"#,
                #"{"finalizers":["a","c"]}"#
            ),
            (
                #"{"finalizers":["a","b"]}"#, #"{"$setElementOrder/finalizers":["c","a","b"],"finalizers":["c"]}"#,
                #"{"finalizers":["c","a","b"]}"#
            ),
            (
                #"{"ports":[{"port":1},{"port":2},{"port":3}]}"#,
                #"{"$setElementOrder/ports":[{"port":3},{"port":1}],"ports":[{"port":2,"$patch":"delete"},{"port":3,"name":"x"}]}"#,
                #"{"ports":[{"port":3,"name":"x"},{"port":1}]}"#
            ),
            (
                #"{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}"#,
                #"{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}"#, #"{"strategy":{"type":"Recreate"}}"#
            ),
            (#"{"args":["x"]}"#, #"{"args":null}"#, #"{}"#),
            (#"{}"#, #"{"labels":{"a":"1","b":null}}"#, #"{"labels":{"a":"1"}}"#),
        ])
    func strategic(_ document: String, _ patch: String, _ expected: String) throws {
        let outcome = try StrategicMergePatch.apply(
            Self.json(patch), to: Self.json(document), schema: Self.schema)
        #expect(outcome == (try Self.json(expected)))
    }

    @Test(
        "strategic merge patches that make no sense are refused",
        arguments: [
            #"{"labels":{"$patch":"frob"}}"#, #"{"ports":[{"name":"x"}]}"#, #"{"ports":[1]}"#, #"[]"#,
            #"{"strategy":{"$retainKeys":["type"],"rollingUpdate":{}}}"#, #"{"$setElementOrder/ports":1}"#,
        ])
    func strategicRefused(_ patch: String) throws {
        let patch = try Self.json(patch)
        let document: JSONValue = ["ports": [["port": 1]], "strategy": ["type": "x"], "labels": [:]]
        #expect(throws: StrategicMergePatch.Failure.self) {
            try StrategicMergePatch.apply(patch, to: document, schema: Self.schema)
        }
    }
}
