import Benchmarking
import Controller
import Foundation
import KubernetesClient
import KubernetesObjects

/// `toono-bench-controller`: what a controller that starts does with 100,000 Services that have their addresses. From the
/// last list that it waits for until nothing is left to do, API aside; and the memory that its process has then.
@main
struct ControllerBench {
    static let services = 100_000
    static let pools = 10

    static func main() {
        var watch = Stopwatch()
        // Kept to the end: what is measured is a controller that goes on.
        var state = ControllerState(ControllerSettings(namespace: "metallb-system"))
        for _ in 0..<5 {
            state = ControllerState(ControllerSettings(namespace: "metallb-system"))
            Feed.everythingBut(servicesOf: &state)
            let list = Feed.services(services, pools: pools)
            let writes = watch.time { Self.start(&state, list) }
            guard writes == 0, state.snapshot.allocated == services else {
                print("\(writes) writes, \(state.snapshot.allocated) of \(services) Services have addresses")
                exit(70)
            }
        }
        print(BenchRow("controller \(services)", unit: "ms", toono: watch.median.milliseconds, bar: 1000).json)
        guard let resident = residentMegabytes() else { exit(71) }
        print(BenchRow("controller resident", unit: "MB", toono: resident, bar: 250).json)
        exit(state.serviceCount == services ? 0 : 70)
    }

    /// Takes the list in and works the queue off. The answer is the number of writes to Services, which should be none.
    private static func start(_ state: inout ControllerState, _ list: [Service]) -> Int {
        var queue = WorkQueue<WorkKey>()
        let now = ContinuousClock.now
        perform(
            state.handle(.services(.replaced(list, unreadable: [], resourceVersion: "1")), at: now), &queue, at: now)
        var writes = 0
        while let key = queue.next(at: now) {
            let work = state.work(key, at: now, timestamp: "2026-01-01T00:00:00Z")
            perform(work.effects, &queue, at: now)
            if case .serviceStatus = work.write { writes += 1 }
            queue.finish(key)
        }
        ProcessMemory.trim()
        return writes
    }

    private static func perform(
        _ effects: [ControllerEffect], _ queue: inout WorkQueue<WorkKey>, at now: ContinuousClock.Instant
    ) {
        for effect in effects {
            switch effect {
            case .enqueue(let key): queue.add(key)
            case .enqueueAfter(let key, let delay): queue.add(key, at: now + delay)
            case .forget(let key): queue.forget(key)
            case .report: break
            }
        }
    }

    /// The resident memory of this process (proc(5), `VmRSS`).
    private static func residentMegabytes() -> Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) }
            .map { $0 / 1024 }
    }
}
