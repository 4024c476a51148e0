import Synchronization

/// What callbacks of another thread delivered, for a test to wait for.
package final class Mailbox<Element: Sendable>: Sendable {
    /// Nothing of the kind came in time.
    package struct Timeout: Error, CustomStringConvertible {
        package var description: String
    }

    private struct Waiter {
        var id: Int
        var matches: @Sendable (Element) -> Bool
        var continuation: CheckedContinuation<Element, any Error>
    }

    private struct State: ~Copyable {
        var elements: [Element] = []
        var waiters: [Waiter] = []
        var nextID = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// What came and was not taken yet.
    package var elements: [Element] { state.withLock { $0.elements } }

    /// Delivers an element.
    package func post(_ element: Element) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.matches(element) }) else {
                state.elements.append(element)
                return nil
            }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: element)
    }

    /// Takes the first element that matches, and waits for one if there is none yet.
    package func take(
        within limit: Duration = .seconds(10), where matches: @escaping @Sendable (Element) -> Bool = { _ in true }
    ) async throws -> Element {
        try await withThrowingTaskGroup(of: Element.self) { group in
            let id = state.withLock { state in
                state.nextID += 1
                return state.nextID
            }
            group.addTask { try await self.wait(id, matches) }
            group.addTask {
                try await Task.sleep(for: limit)
                throw Timeout(description: "nothing in \(limit), but \(self.elements)")
            }
            defer {
                group.cancelAll()
                abandon(id)
            }
            guard let element = try await group.next() else { throw CancellationError() }
            return element
        }
    }

    private func wait(_ id: Int, _ matches: @escaping @Sendable (Element) -> Bool) async throws -> Element {
        try await withCheckedThrowingContinuation { continuation in
            let isLate = Task.isCancelled
            let found: Result<Element, any Error>? = state.withLock { state in
                if isLate { return .failure(CancellationError()) }
                if let index = state.elements.firstIndex(where: matches) {
                    return .success(state.elements.remove(at: index))
                }
                state.waiters.append(Waiter(id: id, matches: matches, continuation: continuation))
                return nil
            }
            if let found { continuation.resume(with: found) }
        }
    }

    private func abandon(_ id: Int) {
        let waiter: Waiter? = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
