import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects

/// Services as the API holds them, and an allocator that is asked about them in the way of the controller: once for each
/// change, and again for whoever waits when something becomes free.
struct Cluster {
    private(set) var allocator: Allocator
    private(set) var pools: [AddressPool]
    private(set) var services: [ObjectKey: Service] = [:]
    private(set) var namespaces: [String: [String: String]] = [:]
    let loadBalancerClass: String?
    var now = ContinuousClock.now
    /// Every decision, in order.
    private(set) var log: [String] = []
    /// The last decision about each Service.
    private(set) var decisions: [ObjectKey: AllocationDecision] = [:]

    init(_ pools: [AddressPool] = [], loadBalancerClass: String? = nil) {
        self.pools = pools
        self.loadBalancerClass = loadBalancerClass
        allocator = Allocator(configuration: Configuration(pools: pools))
    }

    /// The addresses in a Service's status.
    func addresses(_ key: ObjectKey) -> [String] {
        (services[key]?.status.loadBalancer?.ingress ?? []).map { $0.ip ?? $0.hostname ?? "" }
    }

    func claim(_ service: Service) -> ServiceClaim {
        ServiceClaim(
            service, namespaceLabels: namespaces[service.metadata.namespace], loadBalancerClass: loadBalancerClass)
    }

    /// Creates a Service, or changes it; what an edit says about the status counts.
    mutating func apply(_ service: Service) {
        services[service.key] = service
        work([service.key])
    }

    mutating func edit(_ key: ObjectKey, _ change: (inout Service) -> Void) {
        guard var service = services[key] else { return }
        change(&service)
        apply(service)
    }

    mutating func delete(_ key: ObjectKey) {
        guard services.removeValue(forKey: key) != nil else { return }
        decisions[key] = nil
        allocator.release(key, at: now)
        work(allocator.takeWaiting())
    }

    mutating func setPools(_ pools: [AddressPool]) {
        self.pools = pools
        if allocator.setConfiguration(Configuration(pools: pools)) { work(inOrder) }
    }

    mutating func setNamespace(_ name: String, _ labels: [String: String]) {
        namespaces[name] = labels
        work(services.keys.filter { $0.namespace == name }.sorted())
    }

    /// A new process, which knows what the API holds and nothing else.
    mutating func restart() {
        allocator = Allocator(configuration: Configuration(pools: pools))
        let requests = services.values.compactMap { service in
            if case .request(let request) = claim(service) { request } else { nil }
        }
        allocator.adopt(requests)
        work(inOrder)
    }

    /// Those first that have something, then those that ask by name, as the controller has it.
    private var inOrder: [ObjectKey] {
        func group(_ key: ObjectKey) -> Int {
            guard let service = services[key], case .request(let request) = claim(service) else { return -1 }
            if !request.status.addresses.isEmpty { return 0 }
            if case .addresses = request.wish { return 1 }
            return 2
        }
        return services.keys.map { (group($0), $0) }.sorted { $0 < $1 }.map(\.1)
    }

    private mutating func work(_ keys: [ObjectKey]) {
        var queue = keys
        while !queue.isEmpty {
            let key = queue.removeFirst()
            guard var service = services[key] else { continue }
            let listed = ServiceRequest.StatusAddresses(service.status.loadBalancer?.ingress ?? []).addresses
            let decision = allocator.reconcile(claim(service), for: key, listed: listed, at: now)
            decisions[key] = decision
            log.append(
                "\(key) \(decision.text) \(decision.refusal?.message ?? "") \(decision.replacing?.message ?? "")")
            if case .clear(.classNotOurs) = decision {
                // Nobody but its own controller writes there, except that ours goes.
                service.status.loadBalancer = nil
            } else {
                let entries = (decision.grant?.addresses ?? []).map { Service.Ingress(ip: $0.description) }
                service.status.loadBalancer = Service.LoadBalancerStatus(ingress: entries.isEmpty ? nil : entries)
            }
            services[key] = service
            let written = ServiceRequest.StatusAddresses(service.status.loadBalancer?.ingress ?? []).addresses
            _ = allocator.settle(key, listed: written, at: now)
            for waiting in allocator.takeWaiting() where waiting != key && !queue.contains(waiting) {
                queue.append(waiting)
            }
        }
    }
}

/// A Service of type LoadBalancer with one IPv4 cluster address.
func service(
    _ name: String, namespace: String = "default", annotations: [String: String] = [:], ingress: [String] = [],
    _ change: (inout Service) -> Void = { _ in }
) -> Service {
    var service = Service(
        metadata: ObjectMeta(name: name, namespace: namespace, annotations: annotations),
        spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"], ports: [.init(port: 80)]))
    if !ingress.isEmpty { service.status.loadBalancer = .init(ingress: ingress.map { .init(ip: $0) }) }
    change(&service)
    return service
}
