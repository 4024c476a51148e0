import CLinux
import Glibc
import NIOCore
import NIOPosix
import TestSupport

/// An event loop whose thread lives in a network namespace, so that all sockets it makes are there.
///
/// Nobody may be resumed by this thread: threads that Swift's runtime starts at that moment would be born in the
/// namespace. Results come by a mailbox.
final class NamespaceLoop: Sendable {
    let loop: any EventLoop
    private let group: MultiThreadedEventLoopGroup

    struct Failure: Error { var errno: Int32 }

    init(in namespace: NetworkNamespace) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.any()
        try await enter("/run/netns/\(namespace.name)")
    }

    private func enter(_ path: String) async throws {
        try await run {
            let there = unsafe open(path, O_RDONLY | O_CLOEXEC)
            defer { Glibc.close(there) }
            guard there >= 0, clx_setns_network(there) == 0 else { throw Failure(errno: errno) }
        }
    }

    /// Runs a closure on the loop.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let results = Mailbox<Result<Value, any Error>>()
        loop.execute { results.post(Result { try body() }) }
        return try await results.take().get()
    }

    /// Leaves the namespace and ends the thread.
    func close() async throws {
        try await enter("/proc/self/ns/net")
        try await group.shutdownGracefully()
    }
}

/// Looks again and again until it is so, or the time is over.
func eventually(
    within limit: Duration = .seconds(15), _ isSo: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while true {
        if try await isSo() { return true }
        guard ContinuousClock.now < end else { return false }
        try await Task.sleep(for: .milliseconds(50))
    }
}
