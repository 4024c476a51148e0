import Allocation
import Controller
import Foundation
import KubernetesClient
import KubernetesObjects

/// A controller's state with its queue, pumped against a fake server by a manual clock.
struct Rig {
    var state: ControllerState
    var server = FakeServer()
    var queue = WorkQueue<WorkKey>()
    var now = ContinuousClock.now
    private(set) var events: [EventReport] = []
    /// A key whose watch does not show what the server has.
    var configMap: ConfigMap?
    private var shownPools: [ObjectKey: IPAddressPool] = [:]
    private var shownAdvertisements: [ObjectKey: L2Advertisement] = [:]

    init(loadBalancerClass: String? = nil, helloKeySecret: String? = nil) {
        state = ControllerState(
            ControllerSettings(
                namespace: "metallb-system", loadBalancerClass: loadBalancerClass, helloKeySecret: helloKeySecret))
        perform(state.begin())
    }

    /// Lists everything that the server has, and works until nothing is left to do.
    mutating func start(namespaces: [Namespace] = []) {
        handle(.namespaces(.replaced(namespaces, unreadable: [], resourceVersion: "1")))
        listRest()
        handle(.services(.list(server.services.values)))
        settle()
    }

    /// Lists every kind but Services and Namespaces.
    mutating func listRest() {
        shownPools = server.pools
        handle(.pools(.replaced(Array(server.pools.values), unreadable: [], resourceVersion: "1")))
        handle(.configMaps(.replaced(configMap.map { [$0] } ?? [], unreadable: [], resourceVersion: "1")))
        shownAdvertisements = server.layer2Advertisements
        handle(
            .layer2Advertisements(
                .replaced(Array(server.layer2Advertisements.values), unreadable: [], resourceVersion: "1")))
        handle(.poolServices(.connection(.absent)))
        handle(.nodePools(.connection(.absent)))
        handle(.bgpAdvertisements(.connection(.absent)))
        handle(.bgpPeers(.connection(.absent)))
        handle(.bfdProfiles(.connection(.absent)))
        handle(.communities(.replaced([], unreadable: [], resourceVersion: "1")))
    }

    mutating func handle(_ event: ControllerEvent) { perform(state.handle(event, at: now)) }

    mutating func perform(_ effects: [ControllerEffect]) {
        for effect in effects {
            switch effect {
            case .enqueue(let key): queue.add(key)
            case .enqueueAfter(let key, let delay): queue.add(key, at: now + delay)
            case .forget(let key): queue.forget(key)
            case .report(let report): events.append(report)
            }
        }
    }

    /// Works off the queue, whatever is delayed included, and shows the controller what its writes changed.
    mutating func settle(limit: Int = 10_000) {
        for _ in 0..<limit {
            if let key = queue.next(at: now) {
                work(key)
            } else if let deadline = queue.nextDeadline {
                now = max(now, deadline)
            } else {
                return
            }
            showWrites()
        }
    }

    mutating func work(_ key: WorkKey) {
        let work = state.work(key, at: now, timestamp: "2026-01-01T00:00:00Z")
        perform(work.effects)
        guard let write = work.write else { return queue.finish(key) }
        do throws(KubernetesError) {
            perform(state.completed(key, write, try server.write(write), at: now))
            queue.finish(key)
        } catch {
            if error.code == .conflict, case .service(let name) = key, let service = server.services[name] {
                state.take(service)
            }
            var random = SystemRandomNumberGenerator()
            queue.fail(key, at: now, using: &random)
        }
    }

    /// What a watch tells of the controller's own writes of pools and advertisements.
    mutating func showWrites() {
        for (key, pool) in server.pools where shownPools[key] != pool { handle(.pools(.applied(pool))) }
        for key in shownPools.keys where server.pools[key] == nil { handle(.pools(.deleted(key))) }
        shownPools = server.pools
        for (key, advertisement) in server.layer2Advertisements where shownAdvertisements[key] != advertisement {
            handle(.layer2Advertisements(.applied(advertisement)))
        }
        for key in shownAdvertisements.keys where server.layer2Advertisements[key] == nil {
            handle(.layer2Advertisements(.deleted(key)))
        }
        shownAdvertisements = server.layer2Advertisements
    }

    // MARK: what people do

    /// Creates or changes a Service, and lets the controller finish.
    mutating func apply(_ name: String, _ change: (inout Service) -> Void = { _ in }) {
        let key = ObjectKey(namespace: "default", name: name)
        var service =
            server.services[key]
            ?? Service(
                metadata: ObjectMeta(name: name, namespace: "default"),
                spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"], ports: [.init(port: 80)]))
        change(&service)
        let stored = server.put(service)
        handle(.services(.applied(stored)))
        settle()
    }

    mutating func delete(_ name: String) {
        let key = ObjectKey(namespace: "default", name: name)
        server.removeService(key)
        handle(.services(.deleted(key)))
        settle()
    }

    mutating func setPool(_ name: String, _ addresses: String..., change: (inout IPAddressPool) -> Void = { _ in }) {
        var pool = IPAddressPool(
            metadata: ObjectMeta(name: name, namespace: "metallb-system"), spec: .init(addresses: addresses))
        pool.status = server.pools[pool.key]?.status
        change(&pool)
        _ = server.put(pool)
        showWrites()
        settle()
    }

    mutating func deletePool(_ name: String) {
        server.removePool(ObjectKey(namespace: "metallb-system", name: name))
        showWrites()
        settle()
    }

    mutating func setConfigMap(_ text: String?) {
        guard let text else {
            configMap = nil
            handle(.configMaps(.deleted(ObjectKey(namespace: "metallb-system", name: "config"))))
            return settle()
        }
        let map = ConfigMap(
            metadata: ObjectMeta(name: "config", namespace: "metallb-system", uid: "uid-config"),
            data: ["config": text])
        configMap = map
        handle(.configMaps(.applied(map)))
        settle()
    }

    // MARK: what people see

    func service(_ name: String) -> Service? { server.services[ObjectKey(namespace: "default", name: name)] }

    /// The addresses in a Service's status, as text.
    func addresses(_ name: String) -> String {
        (service(name)?.status.loadBalancer?.ingress ?? []).map { $0.ip ?? $0.hostname ?? "" }.joined(separator: " ")
    }

    func pool(_ name: String) -> IPAddressPool? {
        server.pools[ObjectKey(namespace: "metallb-system", name: name)]
    }

    /// The reasons of the events about a Service, in order.
    func reasons(_ name: String) -> [String] { events.filter { $0.regarding.name == name }.map(\.reason) }

    /// The message of the last event about a Service.
    func lastMessage(_ name: String) -> String { events.last { $0.regarding.name == name }?.message ?? "" }

    func condition(_ name: String) -> Condition? {
        service(name)?.status.conditions?.first { $0.type == "toono.io/Allocated" }
    }

    var configurationState: ConfigurationState.Status? {
        server.configurationStates[ObjectKey(namespace: "metallb-system", name: "controller")]?.status
    }

    /// How many times a Service's status was written.
    func statusWrites(_ name: String) -> Int {
        server.writes.count { write in
            if case .serviceStatus(let key, _) = write { key.name == name } else { false }
        }
    }
}

extension ReflectorEvent<Service> {
    /// A list as the reflector of the controller gives it.
    static func list(_ services: some Sequence<Service>) -> Self {
        Self.replaced(Array(services), unreadable: [], resourceVersion: "1").digested
    }

    var digested: Self {
        guard case .replaced(let services, let unreadable, let version) = self else { return self }
        let digester = ServiceDigester()
        return .replaced(services.map { digester.digest($0) }, unreadable: unreadable, resourceVersion: version)
    }
}
