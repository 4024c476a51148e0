import Dispatch
import Synchronization

/// What callbacks of other threads delivered, for a test to wait for; one waits at a time.
///
/// Who waits does so on a thread of its own, so that it is never resumed by the thread that delivers: that one may be in
/// another network namespace, and would start threads of Swift's pool there.
package final class Mailbox<Element: Sendable>: Sendable {
    /// Nothing of the kind came in time.
    package struct Timeout: Error, CustomStringConvertible {
        package var description: String
    }

    private let contents = Mutex<[Element]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    package init() {}

    /// What came and was not taken yet.
    package var elements: [Element] { contents.withLock { $0 } }

    /// Delivers an element.
    package func post(_ element: Element) {
        contents.withLock { $0.append(element) }
        arrivals.signal()
    }

    /// Takes the first element that matches, and waits for one if there is none yet.
    package func take(
        within limit: Duration = .seconds(10), where matches: @escaping @Sendable (Element) -> Bool = { _ in true }
    ) async throws -> Element {
        let deadline = DispatchTime.now() + .milliseconds(Int(limit / .milliseconds(1)))
        return try await DedicatedThread.run {
            // What was looked at once need not be again: elements come by the ten thousand, and nobody else takes any.
            var seen = 0
            while true {
                let found: Element? = self.contents.withLock { contents in
                    guard let index = contents[seen...].firstIndex(where: matches) else {
                        seen = contents.count
                        return nil
                    }
                    return contents.remove(at: index)
                }
                if let found { return found }
                guard self.arrivals.wait(timeout: deadline) == .success else {
                    let others = self.elements
                    throw Timeout(description: "nothing in \(limit), but \(others.count) others: \(others.suffix(10))")
                }
            }
        }
    }
}
