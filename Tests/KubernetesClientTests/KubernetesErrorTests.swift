import KubernetesObjects
import NIOCore
import Testing

@testable import KubernetesClient

@Suite("errors and events as the server words them")
struct KubernetesErrorTests {
    @Test(
        "a refusal is sorted by its status and reason, with the server's words",
        arguments: [
            (404, "get-404", KubernetesError.Code.notFound, "configmaps \"none\" not found"),
            (409, "put-conflict", .conflict, "Operation cannot be fulfilled on configmaps \"g1\""),
            (409, "post-409", .alreadyExists, "configmaps \"g1\" already exists"),
            (410, "gone-continue", .gone, "The provided continue parameter is too old"),
            (410, "gone-list-exact", .gone, "The resourceVersion for the provided list is too old."),
            (401, "unauthorized", .unauthorized, "Unauthorized"),
            (403, "forbidden", .forbidden, "configmaps is forbidden: User \"viewer\""),
            (422, "post-invalid", .invalid, "Service \"Bad_Name\" is invalid"),
            (400, "list-bad-continue", .rejected(status: 400), "invalid continue token"),
            (504, "list-future", .timeout, "Timeout: Too large resource version"),
        ])
    func refusals(status: Int, file: String, code: KubernetesError.Code, words: String) throws {
        let answer = try JSON.decode(StatusAnswer.self, from: try Golden.buffer(file))
        let error = KubernetesError(status: status, answer: answer, retryAfter: nil)
        #expect(error.code == code)
        #expect(error.message.hasPrefix(words))
        #expect(error.isVersionTooLarge == (file == "list-future"))
        #expect(error.retryAfter == (file == "list-future" ? .seconds(1) : nil))
    }

    @Test(
        "an answer without a Status is sorted by its status",
        arguments: [
            (500, KubernetesError.Code.serverError(status: 500)), (502, .serverError(status: 502)),
            (429, .tooManyRequests),
            (408, .timeout), (415, .rejected(status: 415)), (302, .rejected(status: 302)),
        ])
    func bare(status: Int, code: KubernetesError.Code) {
        let error = KubernetesError(status: status, answer: nil, retryAfter: nil)
        #expect(error.code == code)
        #expect(error.message == "the server answered \(status)")
    }

    @Test("a watch's lines are read as the server writes them")
    func watchLines() throws {
        var splitter = WatchLineSplitter(maximum: 10_000)
        var told: [String] = []
        for name in ["watch-selector-leave", "watch-initial-events", "gone-watch"] {
            splitter.append(try Golden.buffer(name))
            while let line = try splitter.nextLine() { told.append(describe(try WatchEvent<ConfigMap>(line: line))) }
        }
        #expect(
            told == [
                "applied g1", "deleted g2 236", "deleted g3 237", "bookmark 237", "applied g1", "applied g4",
                "applied g5",
                "bookmark 244", "gone",
            ])
    }

    private func describe(_ event: WatchEvent<ConfigMap>) -> String {
        switch event {
        case .applied(let object): "applied \(object.metadata.name)"
        case .unreadable(let object, _): "unreadable \(object)"
        case .deleted(let key, let version): "deleted \(key.name) \(version)"
        case .bookmark(let version): "bookmark \(version)"
        case .failed(let error): "\(error.code)"
        }
    }

    @Test(
        "what is no watch event is refused",
        arguments: ["{}", "x", #"{"type":"OTHER","object":{}}"#, #"{"type":"ADDED"}"#, #"{"type":"ADDED","object":{}"#])
    func noEvent(text: String) {
        let error = #expect(throws: KubernetesError.self) { try WatchEvent<ConfigMap>(line: .init(string: text)) }
        #expect(error?.code == .badAnswer)
    }
}

@Suite("paths")
struct ResourcePathTests {
    @Test("lead to collections, objects and their parts")
    func paths() {
        let services = ResourcePath(plural: "services")
        let slices = ResourcePath(group: "discovery.k8s.io", plural: "endpointslices", namespace: "a")
        let key = ObjectKey(namespace: "default", name: "web")
        #expect(services.path == "/api/v1/services")
        #expect(services.named(key) == "/api/v1/namespaces/default/services/web")
        #expect(services.named(key, subresource: "status") == "/api/v1/namespaces/default/services/web/status")
        #expect(slices.path == "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices")
        #expect(ResourcePath(plural: "nodes").named(ObjectKey(namespace: "", name: "n1")) == "/api/v1/nodes/n1")
    }

    @Test("are not changed in shape by what a name or selector holds")
    func escaping() {
        let key = ObjectKey(namespace: "", name: "a/../b?c#d%e")
        #expect(ResourcePath(plural: "nodes").named(key) == "/api/v1/nodes/a%2F..%2Fb%3Fc%23d%25e")
        let request = APIRequest(path: "/x", query: [("labelSelector", "a=b,c in (d,é)"), ("limit", "5")])
        #expect(request.target == "/x?labelSelector=a%3Db%2Cc%20in%20%28d%2C%C3%A9%29&limit=5")
    }
}
