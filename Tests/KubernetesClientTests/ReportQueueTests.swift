import KubernetesClient
import Logging
import Synchronization
import Testing

@Suite("Reports that wait for the API")
struct ReportQueueTests {
    /// What a queue wrote, and the errors that it is to meet first.
    private final class Desk: Sendable {
        let written = Mutex<[String]>([])
        let errors: Mutex<[KubernetesError]>

        init(_ errors: KubernetesError.Code...) {
            self.errors = Mutex(errors.map { KubernetesError($0, "no") })
        }
    }

    /// Has a queue write the keys until that many attempts were made.
    private func attempts(_ count: Int, at keys: [String], meeting desk: Desk) async -> [String] {
        let queue = ReportQueue<String>(of: "a report", logger: Logger(label: "test"))
        for key in keys { queue.add(key) }
        let (done, finish) = AsyncStream<Void>.makeStream()
        let work = Task {
            await queue.run(backoff: Backoff(base: .zero)) { key throws(KubernetesError) in
                let made = desk.written.withLock {
                    $0.append(key)
                    return $0.count
                }
                if made == count { finish.finish() }
                if let error = desk.errors.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw error }
            }
        }
        for await _ in done {}
        work.cancel()
        await work.value
        return desk.written.withLock { $0 }
    }

    @Test(
        "what cannot be written now is written again, after what waits already",
        arguments: [KubernetesError.Code.unreachable, .badAnswer, .forbidden])
    func transient(code: KubernetesError.Code) async {
        #expect(await attempts(3, at: ["a", "b"], meeting: Desk(code)) == ["a", "b", "a"])
    }

    @Test(
        "what is refused for good is left, and the next is written",
        arguments: [KubernetesError.Code.invalid, .notFound])
    func refused(code: KubernetesError.Code) async {
        #expect(await attempts(2, at: ["a", "b"], meeting: Desk(code)) == ["a", "b"])
    }
}
