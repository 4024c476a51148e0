import Glibc

/// Work that blocks, or that changes its thread, on a thread of its own: the threads of Swift's pool have to stay free,
/// and in the namespace that they were born in.
enum DedicatedThread {
    private final class Work {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    /// Runs the closure on a new thread and returns what it returned.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            let work = Work { continuation.resume(with: Result { try body() }) }
            var thread = pthread_t()
            let argument = unsafe Unmanaged.passRetained(work)
            let code = unsafe pthread_create(
                &thread, nil,
                { raw in
                    guard let raw = unsafe raw else { return nil }
                    unsafe Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
                    return nil
                }, argument.toOpaque())
            guard code == 0 else {
                unsafe argument.release()
                return continuation.resume(
                    throwing: CommandFailure(command: "pthread_create", status: code, output: ""))
            }
            pthread_detach(thread)
        }
    }
}
