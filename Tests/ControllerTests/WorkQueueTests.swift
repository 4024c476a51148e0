import Controller
import KubernetesClient
import Testing

@Suite("Work queue")
struct WorkQueueTests {
    let start = ContinuousClock.now

    @Test("keys come in their order, each once")
    func order() {
        var queue = WorkQueue<String>()
        for key in ["a", "b", "a", "c"] { queue.add(key) }
        #expect((0..<4).map { _ in queue.next(at: start) } == ["a", "b", "c", nil])
    }

    @Test("a key that is added while it is worked on comes again when that is done, and not before")
    func addedMeanwhile() {
        var queue = WorkQueue<String>()
        queue.add("a")
        #expect(queue.next(at: start) == "a")
        queue.add("a")
        #expect(queue.next(at: start) == nil)
        queue.finish("a")
        #expect(queue.next(at: start) == "a")
    }

    @Test("a delayed key comes when it is due; an earlier time counts, a later one does not")
    func delayed() {
        var queue = WorkQueue<String>()
        queue.add("a", at: start + .seconds(5))
        queue.add("a", at: start + .seconds(2))
        queue.add("a", at: start + .seconds(9))
        #expect(queue.next(at: start + .seconds(1)) == nil)
        #expect(queue.next(at: start + .seconds(2)) == "a")
        queue.finish("a")
        #expect(queue.next(at: start + .seconds(10)) == nil)
        #expect(queue.nextDeadline == nil)
    }

    @Test("a key that fails waits by itself, longer each time, and the others go on")
    func failing() {
        var queue = WorkQueue<String>(backoff: Backoff(base: .seconds(1), cap: .seconds(8)))
        var random = Maximum()
        var delays: [Duration] = []
        queue.add("bad")
        var now = start
        for _ in 0..<5 {
            #expect(queue.next(at: now) == "bad")
            queue.fail("bad", at: now, using: &random)
            queue.add("good")
            #expect(queue.next(at: now) == "good")
            queue.finish("good")
            let deadline = queue.nextDeadline ?? now
            delays.append(deadline - now)
            now = deadline
        }
        #expect(queue.failures(of: "bad") == 5)
        #expect(delays == [1, 2, 4, 8, 8].map { .seconds($0) })
        #expect(queue.next(at: now) == "bad")
        queue.finish("bad")
        #expect(queue.failing == 0)
        #expect(queue.depth == 0)
    }

    /// Draws the upper end of every range.
    struct Maximum: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }
}
