import Addresses
import Allocation
import Benchmarking
import ClusterConfiguration
import KubernetesObjects

/// How long a Service waits for the decision which address it gets: reading its object included, writing its status not.
enum AllocateBench {
    private static let services = 100_000
    private static let peer = "linear scan as in MetalLB"
    private static let bar = 20.0

    static func rows() -> [BenchRow] { [median(), almostFull()] }

    /// From empty pools to 100,000 Services in them, two thirds full.
    private static func median() -> BenchRow {
        let pools = pools(holding: 150_000)
        var medians: [Duration] = []
        for _ in 0..<3 {
            var allocator = Allocator(configuration: Configuration(pools: pools))
            var watch = Stopwatch(reserving: services)
            for index in 0..<services { allocate(index, &allocator, &watch, at: .now) }
            medians.append(watch.median)
        }
        return BenchRow(
            "median \(services)", unit: "us", toono: medians.sorted()[1].microseconds,
            peer: (peer, scanWhileFilling(pools).microseconds), bar: bar)
    }

    /// 100,000 Services in pools of 1 % more; one that leaves makes room for the next.
    private static func almostFull() -> BenchRow {
        let pools = pools(holding: services * 100 / 99)
        var allocator = Allocator(configuration: Configuration(pools: pools))
        var filling = Stopwatch(reserving: services)
        var now = ContinuousClock.now
        for index in 0..<services { allocate(index, &allocator, &filling, at: now) }
        var random = SplitMix(seed: 99)
        var present = Array(0..<services)
        var watch = Stopwatch(reserving: 20_000)
        for index in services..<services + 20_000 {
            let leaving = Int.random(in: 0..<present.count, using: &random)
            allocator.release(service(present[leaving]).key, at: now)
            // Its address has had its rest when the next one comes.
            now += .seconds(31)
            present[leaving] = index
            allocate(index, &allocator, &watch, at: now)
        }
        return BenchRow(
            "99% full", unit: "us", toono: watch.median.microseconds, peer: (peer, scanAlmostFull(pools).microseconds),
            bar: bar)
    }

    private static func allocate(
        _ index: Int, _ allocator: inout Allocator, _ watch: inout Stopwatch, at now: ContinuousClock.Instant
    ) {
        let service = service(index)
        let decision = watch.time {
            allocator.reconcile(
                ServiceClaim(service, namespaceLabels: nil, loadBalancerClass: nil), for: service.key, at: now)
        }
        if decision.grant == nil { print("no address for \(service.key): \(decision)") }
    }

    // MARK: the peer

    /// The scan's time depends on how full the pools are alone, so that one in fifty of the Services stands for all.
    private static func scanWhileFilling(_ pools: [AddressPool]) -> Duration {
        var scan = LinearScan(pools)
        var watch = Stopwatch(reserving: services / 50)
        for index in 0..<services {
            let key = service(index).key
            if index % 50 == 0 { watch.time { scan.allocate(key) } } else { scan.append(key) }
        }
        return watch.median
    }

    private static func scanAlmostFull(_ pools: [AddressPool]) -> Duration {
        var scan = LinearScan(pools)
        for index in 0..<services { scan.append(service(index).key) }
        var random = SplitMix(seed: 99)
        var watch = Stopwatch(reserving: 2000)
        for index in services..<services + 2000 {
            let leaving = Int.random(in: 0..<services, using: &random)
            scan.release(leaving)
            let key = service(index).key
            watch.time { scan.allocate(key, inPlaceOf: leaving) }
        }
        return watch.median
    }

    // MARK: what both work on

    private static func pools(holding count: Int) -> [AddressPool] {
        let size = UInt32((count + 9) / 10)
        return (0..<10).compactMap { index in
            let first = UInt32(0x0A00_0000) + UInt32(index) << 20
            return IPRange(IPAddress(v4: first), IPAddress(v4: first + size - 1)).map {
                AddressPool(name: "pool-\(index)", ranges: [$0])
            }
        }
    }

    private static func service(_ index: Int) -> Service {
        var service = Service(
            metadata: ObjectMeta(
                name: "point-of-sale-\(index)", namespace: "shop-\(index % 1000)",
                labels: ["app.kubernetes.io/name": "point-of-sale", "app.kubernetes.io/instance": "\(index)"],
                annotations: ["metallb.io/ip-allocated-from-pool": "pool-0"]),
            spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"], ports: [.init(port: 443)]))
        service.spec.ipFamilyPolicy = "SingleStack"
        return service
    }
}
