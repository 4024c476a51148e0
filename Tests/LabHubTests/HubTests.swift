import KubernetesObjects
import LabAPI
import LabHub
import Testing

/// OpenYurt's YurtHub, as far as a client meets it.
@Suite("The stand-in for YurtHub")
struct HubTests {
    private let start = ContinuousClock.now
    private var hub: Hub

    init() {
        var settings = HubSettings()
        settings.cachedComponents = ["toono-speaker"]
        settings.staleTokens = .seconds(1)
        settings.warming = .seconds(2)
        settings.emptiness = .seconds(3)
        hub = Hub(settings: settings, isHealthy: true)
    }

    private func request(
        _ method: String, _ target: String, agent: String = "Toono-Speaker/1.0 (linux)", body: String = ""
    ) -> APIRequest {
        APIRequest(
            method: method, target: target, headers: ["user-agent": agent, "accept": "application/json"],
            body: Array(body.utf8))
    }

    private func list(_ kind: String, _ names: String..., version: String = "7") -> String {
        let items = names.map { #"{"metadata":{"name":"\#($0)","resourceVersion":"5"}}"# }.joined(separator: ",")
        let head = #""kind":"\#(kind)","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)"}"#
        return #"{\#(head),"items":[\#(items)]}"#
    }

    /// The names in the list that is answered; nil for anything else than a list.
    private func names(_ decision: Hub.Decision) throws -> [String]? {
        guard case .answer(let answer) = decision, answer.status == 200 else { return nil }
        let items = try JSONReader.read(answer.bytes).value["items"]?.arrayValue
        return items?.compactMap { $0["metadata"]?["name"]?.stringValue }
    }

    private func status(_ decision: Hub.Decision) -> Int? {
        if case .answer(let answer) = decision { answer.status } else { nil }
    }

    private mutating func went(_ request: APIRequest, _ body: String, status: Int = 200, after: Int = 0) -> String {
        let sent = hub.answered(
            request, status: status, body: Array(body.utf8), at: start + .seconds(after))
        return String(decoding: sent, as: UTF8.self)
    }

    private mutating func lose() { _ = hub.probed(succeeded: false, at: start) }

    private mutating func recover() {
        _ = hub.probed(succeeded: true, at: start)
        _ = hub.probed(succeeded: true, at: start)
    }

    @Test("one failed probe is enough to give the cloud up, two good ones in a row bring it back")
    mutating func probes() {
        var changes: [Bool] = []
        for succeeded in [false, true, false, true, true] {
            changes.append(hub.probed(succeeded: succeeded, at: start))
        }
        #expect(changes == [true, false, false, false, true])
    }

    @Test("without a cloud a list is answered as it went through last, with what the watch told since")
    mutating func cachedList() throws {
        let nodes = request("GET", "/api/v1/nodes?resourceVersion=0")
        _ = went(nodes, list("NodeList", "edge1", "edge2"))
        let watch = request("GET", "/api/v1/nodes?watch=1&resourceVersion=7")
        for line in [
            #"{"type":"ADDED","object":{"metadata":{"name":"edge3","resourceVersion":"8"}}}"#,
            #"{"type":"DELETED","object":{"metadata":{"name":"edge1","resourceVersion":"9"}}}"#,
        ] { hub.watched(watch, line: Array(line.utf8)) }
        lose()
        let decision = hub.decide(nodes, at: start)
        #expect(try names(decision) == ["edge2", "edge3"])
        #expect(try names(hub.decide(request("GET", "/api/v1/nodes", agent: "curl/8"), at: start)) == nil)
    }

    @Test("a list of another shape, of another agent or of a kind that is gone is not kept: 400 without a cloud")
    mutating func uncached() {
        _ = went(request("GET", "/api/v1/nodes"), list("NodeList", "edge1"))
        _ = went(request("GET", "/api/v1/nodes?labelSelector=a%3Db"), list("NodeList"))
        _ = went(request("GET", "/api/v1/pods", agent: ""), list("PodList", "a"))
        let pools = request("GET", "/apis/metallb.io/v1beta1/namespaces/x/ipaddresspools")
        _ = went(pools, list("IPAddressPoolList", "a"))
        _ = went(pools, "{}", status: 404)
        lose()
        for target in ["/api/v1/nodes?labelSelector=a%3Db", "/api/v1/pods"] {
            #expect(status(hub.decide(request("GET", target), at: start)) == 400)
        }
        #expect(status(hub.decide(pools, at: start)) == 400)
        #expect(status(hub.decide(request("GET", "/api/v1/nodes"), at: start)) == 200)
        #expect(status(hub.decide(request("GET", "/apis/metallb.io"), at: start)) == 400)
    }

    @Test("Services and EndpointSlices are kept for every agent")
    mutating func poolScoped() throws {
        _ = went(request("GET", "/api/v1/services", agent: "kube-proxy/1"), list("ServiceList", "web"))
        lose()
        #expect(try names(hub.decide(request("GET", "/api/v1/services", agent: "any"), at: start)) == ["web"])
    }

    @Test("without a cloud changes succeed without effect, creations are echoed, deletions refused, watches silent")
    mutating func writes() throws {
        let lease = "/apis/metallb.io/v1beta1/namespaces/x/servicel2statuses/a"
        let object = #"{"metadata":{"namespace":"x","name":"a"},"status":{"node":"old"}}"#
        _ = went(request("GET", lease), object)
        lose()
        for method in ["PATCH", "PUT"] {
            guard case .answer(let answer) = hub.decide(request(method, lease, body: "{}"), at: start) else {
                Issue.record("\(method) is handed on")
                continue
            }
            #expect(answer.status == 200)
            #expect(try JSONReader.read(answer.bytes).value["status"]?["node"] == "old")
        }
        #expect(status(hub.decide(request("PATCH", lease + "b"), at: start)) == 404)
        #expect(status(hub.decide(request("DELETE", lease), at: start)) == 403)
        guard
            case .answer(let created) = hub.decide(request("POST", "/api/v1/events", body: #"{"a":1}"#), at: start)
        else {
            Issue.record("a creation is handed on")
            return
        }
        #expect(created.status == 201 && created.bytes == Array(#"{"a":1}"#.utf8))
        guard
            case .hold(let until) = hub.decide(request("GET", "/api/v1/nodes?watch=true&timeoutSeconds=30"), at: start)
        else {
            Issue.record("a watch is answered")
            return
        }
        #expect(until == start + .seconds(30))
    }

    @Test("between the loss and the probe that finds it, reads come from the cache and all else is 502")
    mutating func undetected() {
        let nodes = request("GET", "/api/v1/nodes")
        _ = went(nodes, list("NodeList", "edge1"))
        #expect(hub.failed(nodes).status == 200)
        #expect(hub.failed(request("PATCH", "/api/v1/nodes/edge1")).status == 502)
        #expect(hub.failed(request("GET", "/api/v1/nodes?watch=1")).status == 502)
    }

    @Test("after a reconnection: 401, then 429 for what the multiplexer serves, then lists that are empty, then all")
    mutating func reconnection() throws {
        let services = request("GET", "/api/v1/services")
        let nodes = request("GET", "/api/v1/nodes")
        _ = went(services, list("ServiceList", "web"))
        lose()
        recover()
        #expect(status(hub.decide(nodes, at: start)) == 401)
        guard case .answer(let refusal) = hub.decide(services, at: start + .seconds(1)) else {
            Issue.record("not refused while warming")
            return
        }
        #expect(refusal.status == 429)
        #expect(refusal.headers.contains { $0 == ("retry-after", "1") })
        #expect(status(hub.decide(nodes, at: start + .seconds(1))) == nil)
        let whole = list("ServiceList", "web", version: "9")
        let emptied = try JSONReader.read(Array(went(services, whole, after: 4).utf8)).value
        #expect(emptied["items"] == [] && emptied["metadata"]?["resourceVersion"] == "9")
        let settled = went(services, whole, after: 6)
        #expect(settled == whole)
        // The empty list was not kept.
        lose()
        #expect(try names(hub.decide(services, at: start)) == ["web"])
    }

    @Test("the cache outlives the process")
    mutating func restart() throws {
        let nodes = request("GET", "/api/v1/nodes")
        _ = went(nodes, list("NodeList", "edge1"))
        let next = Hub(
            settings: hub.settings, cache: try HubCache(decoding: try hub.cache.encoded()), isHealthy: false)
        #expect(try names(next.decide(nodes, at: start)) == ["edge1"])
    }
}
