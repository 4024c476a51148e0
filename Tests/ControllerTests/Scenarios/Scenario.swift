import Benchmarking
import Controller
import KubernetesClient
import KubernetesObjects
import LabAPI
import Testing

/// A cluster with a controller, as its people see it: what they change goes to the lab's API, the controller hears of it
/// by list and watch and works until it has nothing left to do, and what the API holds then is what counts.
struct Scenario {
    private(set) var server: LabServer
    private(set) var replica: Replica
    private(set) var now = ContinuousClock.now
    /// What happens to the requests of the controller about a Service, the next one first.
    var faults: [String: [LabServer.Fault]] = [:]
    /// Kinds that the server does not answer for.
    var silent: Set<Replica.Feed.Kind> = []
    /// How many status writes the server was asked for, by Service.
    private(set) var writes: [String: Int] = [:]
    private let loadBalancerClass: String?
    private var random = SplitMix(seed: 1)

    /// - Parameters:
    ///   - loadBalancerClass: the class that the controller serves (`--lb-class`).
    ///   - isDualStack: whether the cluster gives Services addresses of both families, IPv4 first.
    init(loadBalancerClass: String? = nil, isDualStack: Bool = true) {
        self.loadBalancerClass = loadBalancerClass
        let ranges = isDualStack ? ServiceRange.kubeadm : Array(ServiceRange.kubeadm.prefix(1))
        server = LabServer(random: SplitMix(seed: 2), serviceRanges: ranges)
        replica = Replica(name: "controller", loadBalancerClass: loadBalancerClass, at: now)
    }

    /// With one pool for everybody, and the controller at rest.
    init(pool addresses: String..., loadBalancerClass: String? = nil, isDualStack: Bool = true) {
        self.init(loadBalancerClass: loadBalancerClass, isDualStack: isDualStack)
        setPool("default", addresses, [:])
        settle()
    }

    // MARK: the controller

    /// Ends the process and begins another, which knows what the API holds and nothing else.
    /// - Parameter missing: what it hears first, of kinds that the server does not answer for.
    mutating func restart(missing: [ControllerEvent] = []) {
        replica = Replica(name: "controller", loadBalancerClass: loadBalancerClass, at: now)
        for event in missing { _ = replica.session.receive(event, at: now) }
        settle()
    }

    /// Has the controller list everything anew, as after a watch that ended too long ago.
    mutating func relist() {
        for index in replica.feeds.indices { replica.feeds[index].watch = nil }
        settle()
    }

    /// Lets the controller work until nothing is left to do, through whatever waits.
    mutating func settle(_ location: SourceLocation = #_sourceLocation) {
        for _ in 0..<2000 {
            if work() { continue }
            guard let deadline = replica.session.nextDeadline else { return }
            pass(max(deadline - now, .milliseconds(1)))
        }
        Issue.record("the controller does not come to rest", sourceLocation: location)
    }

    /// Lets time pass, and the controller work.
    mutating func wait(_ duration: Duration) {
        pass(duration)
        settle()
    }

    private mutating func pass(_ duration: Duration) {
        now += duration
        server.advance(by: duration)
    }

    /// One go over all that there is to do now.
    /// - Returns: false if there was nothing.
    mutating func work() -> Bool {
        var isBusy = false
        for index in replica.feeds.indices where !silent.contains(replica.feeds[index].kind) {
            replica.fetch(index, &server)
            while !replica.feeds[index].events.isEmpty {
                replica.hear(index, at: now)
                isBusy = true
            }
        }
        while replica.begin(at: now, timestamp: server.timestamp) != nil { isBusy = true }
        while !replica.flights.isEmpty {
            isBusy = true
            fly()
            replica.land(0, at: now, timestamp: server.timestamp, using: &random)
        }
        return isBusy
    }

    private mutating func fly() {
        var waiting: [LabServer.Fault] = []
        var name: String?
        if case .service(let key) = replica.flights[0].key {
            name = key.name
            waiting = faults[key.name] ?? []
            if case .write = replica.flights[0].content { writes[key.name, default: 0] += 1 }
        }
        replica.flights[0].fly(&server) { waiting.isEmpty ? nil : waiting.removeFirst() }
        if let name { faults[name] = waiting }
    }

    // MARK: what people do

    /// Sends a request as it is.
    /// - Returns: the server's status.
    @discardableResult
    mutating func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, expecting expected: ClosedRange<Int> = 200...299,
        _ location: SourceLocation = #_sourceLocation
    ) -> Int {
        let (status, json) = server.ask(method, path, body)
        if !expected.contains(status) {
            let text = json["message"]?.stringValue ?? ""
            Issue.record("\(method) \(path): \(status) \(text.prefix(300))", sourceLocation: location)
        }
        return status
    }

    /// Creates a Service or changes it, and lets the controller finish.
    /// - Parameters:
    ///   - annotations: to be set, or with nil taken away.
    ///   - spec: merged into a LoadBalancer with port 80.
    mutating func apply(
        _ name: String, in namespace: String = "default", _ annotations: [String: String?] = [:],
        labels: [String: String] = [:], _ spec: JSONValue = [:], _ location: SourceLocation = #_sourceLocation
    ) {
        put(name, in: namespace, annotations, labels: labels, spec, location)
        settle(location)
    }

    /// Creates a Service or changes it while the controller does nothing.
    mutating func put(
        _ name: String, in namespace: String = "default", _ annotations: [String: String?] = [:],
        labels: [String: String] = [:], _ spec: JSONValue = [:], _ location: SourceLocation = #_sourceLocation
    ) {
        let key = KubernetesObjects.ObjectKey(namespace: namespace, name: name)
        let isNew = server.object(Service.self, "services", key) == nil
        var spec = spec
        if isNew {
            spec["type"] = spec["type"] ?? "LoadBalancer"
            spec["ports"] = spec["ports"] ?? Self.ports(80)
        }
        var values: [String: JSONValue] = [:]
        for (key, value) in annotations where !(isNew && value == nil) {
            values[key] = value.map { .string($0) } ?? .null
        }
        let metadata: JSONValue = [
            "name": .string(name), "annotations": .object(values),
            "labels": .object(labels.mapValues { .string($0) }),
        ]
        let body: JSONValue = ["metadata": metadata, "spec": spec]
        let path = LabServer.path("services", namespace, isNew ? nil : name)
        send(isNew ? "POST" : "PATCH", path, body, location)
    }

    mutating func delete(_ name: String, in namespace: String = "default") {
        send("DELETE", LabServer.path("services", namespace, name))
        settle()
    }

    /// Writes a Service's status past the controller.
    mutating func writeStatus(_ name: String, ingress: [JSONValue]) {
        send(
            "PATCH", LabServer.path("services", "default", name) + "/status",
            ["status": ["loadBalancer": ["ingress": .array(ingress)]]])
    }

    /// Creates a pool or changes it, and lets the controller finish.
    /// - Parameter spec: everything but the addresses.
    mutating func pool(_ name: String, _ addresses: String..., spec: JSONValue = [:]) {
        setPool(name, addresses, spec)
        settle()
    }

    private mutating func setPool(_ name: String, _ addresses: [String], _ spec: JSONValue) {
        var spec = spec
        spec["addresses"] = .array(addresses.map { .string($0) })
        let path = LabServer.path("ipaddresspools", LabServer.namespace, name)
        if server.ask("PATCH", path, ["spec": spec]).status == 404 {
            send(
                "POST", LabServer.path("ipaddresspools", LabServer.namespace),
                [
                    "apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "metadata": ["name": .string(name)],
                    "spec": spec,
                ])
        }
    }

    mutating func pool(_ name: String, list: [String]) {
        setPool(name, list, [:])
        settle()
    }

    mutating func deletePool(_ name: String) {
        send("DELETE", LabServer.path("ipaddresspools", LabServer.namespace, name))
        settle()
    }

    /// The ports of a Service, TCP unless the number is followed by another protocol.
    static func ports(_ numbers: Int64..., transport: String = "TCP") -> JSONValue {
        .array(
            numbers.map { ["name": .string("p\($0)"), "port": .int($0), "protocol": .string(transport)] })
    }
}
