import KubernetesObjects
import Testing

@testable import LabAPI

/// A random source that repeats itself.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    var state: UInt64 = 42

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A cluster with a clock that tests move, and a short way to ask it.
struct TestCluster {
    var cluster: LabCluster
    var now = Timestamp("2026-11-23T04:17:44Z") ?? Timestamp(seconds: 0)

    init(
        revision: Int64 = 1, historyCapacity: Int = 1000, controllers: [any LabController] = [],
        tokens: TokenFile? = nil
    ) {
        var registry = ResourceRegistry()
        _ = registry.install(crd: Self.widgets, now: now)
        cluster = LabCluster(
            store: Store(revision: revision, historyCapacity: historyCapacity), registry: registry,
            controllers: controllers, random: SeededGenerator(), tokens: tokens)
    }

    /// A kind of custom resources that takes anything.
    private static let widgets: JSONValue = [
        "metadata": ["name": "widgets.lab.example"],
        "spec": [
            "group": "lab.example", "scope": "Namespaced",
            "names": ["kind": "Widget", "listKind": "WidgetList", "plural": "widgets", "singular": "widget"],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]

    static let namespaces = StorageKey(group: "", plural: "namespaces")
    static let configMaps = StorageKey(group: "", plural: "configmaps")
    static let fillers = StorageKey(group: "test", plural: "fillers")

    mutating func at(_ time: String) { now = Timestamp("2026-11-23T\(time)Z") ?? now }

    /// Advances the revision with changes to something that nobody looks at.
    mutating func fill(to revision: Int64) {
        while cluster.store.revision < revision {
            _ = cluster.store.put(ObjectKey(storage: Self.fillers, namespace: "", name: "f"), ["metadata": [:]])
        }
    }

    mutating func addNamespace(_ name: String = "default") {
        _ = cluster.store.put(
            ObjectKey(storage: Self.namespaces, namespace: "", name: name),
            [
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": ["name": .string(name), "uid": .string("ns-" + name)],
            ])
    }

    @discardableResult
    mutating func ask(
        _ method: String, _ target: String, _ body: JSONValue? = nil, type: String = "application/json",
        agent: String = "curl/8.5.0", headers: [String: String] = [:]
    ) -> APIResponse {
        var fields = ["user-agent": agent, "accept": "*/*"]
        if body != nil { fields["content-type"] = type }
        fields.merge(headers) { $1 }
        return cluster.handle(
            APIRequest(method: method, target: target, headers: fields, body: body.map { JSONWriter.bytes($0) } ?? []),
            at: now)
    }

    /// The answer's document.
    mutating func document(
        _ method: String, _ target: String, _ body: JSONValue? = nil, type: String = "application/json",
        agent: String = "curl/8.5.0"
    ) throws -> JSONValue {
        try JSONReader.read(ask(method, target, body, type: type, agent: agent).bytes).value
    }

    /// An answer with the text of its body: of a watch, everything until its deadline.
    @discardableResult
    mutating func answer(_ request: APIRequest) -> (response: APIResponse, text: String) {
        let response = cluster.handle(request, at: now)
        switch response.body {
        case .bytes(let bytes): return (response, String(decoding: bytes, as: UTF8.self))
        case .watch(var watch):
            var text = lines(&watch)
            while !watch.isFinished {
                now = max(now, watch.nextWake)
                text += lines(&watch)
            }
            return (response, text)
        }
    }

    /// What a watch is sent now.
    func lines(_ watch: inout Watch) -> String {
        var bytes: [UInt8] = []
        var more = true
        while more {
            let lines = cluster.poll(&watch, at: now)
            bytes += lines.bytes
            more = lines.hasMore && !watch.isFinished
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Opens a watch.
    mutating func watch(_ target: String, headers: [String: String] = [:]) throws -> Watch {
        guard case .watch(let watch) = ask("GET", target, headers: headers).body else {
            throw Failure(message: "no watch at \(target)")
        }
        return watch
    }

    struct Failure: Error { var message: String }

    /// `ADDED a`, `MODIFIED b`, …: the events of a watch's lines.
    static func summary(_ lines: String) throws -> [String] {
        try lines.split(separator: "\n").map { line in
            let event = try JSONReader.read(Array(line.utf8)).value
            let name = event["object"]?["metadata"]?["name"]?.stringValue ?? ""
            return "\(event["type"]?.stringValue ?? "") \(name)"
        }
    }
}
