import CLinux
import Glibc
package import NIOCore
package import NIOPosix
import Synchronization

/// A network namespace with a name, for one test; gone when nobody holds it any more.
///
/// Needs root. Duplicate address detection is off in it, so that IPv6 addresses are usable at once.
package final class NetworkNamespace: Sendable {
    /// As `ip netns` knows it.
    package let name: String

    private static let counter = Atomic(0)

    /// Makes a namespace; its loopback interface is up.
    package init() async throws {
        let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        name = "toono-\(getpid())-\(number)"
        try await Command.run("ip netns add \(name) && ip -n \(name) link set lo up")
        try await run(
            """
            for which in all default; do
              echo 0 > /proc/sys/net/ipv6/conf/$which/accept_dad
              echo 0 > /proc/sys/net/ipv6/conf/$which/router_solicitations
            done
            """)
    }

    deinit { _ = try? Command.runNow("ip netns del \(name)") }

    /// Runs a command line of the shell in the namespace.
    @discardableResult
    package func run(_ line: String) async throws -> String { try await enter { try Command.runNow(line) } }

    /// Runs a closure on a thread of its own in the namespace. Sockets and event loops that it makes stay there.
    package func enter<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await DedicatedThread.run { [name] in
            // The thread ends afterwards; but what waits for it is resumed by it, and threads that the runtime starts
            // at that moment are born in the namespace of the thread that starts them.
            let home = unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
            let there = unsafe open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC)
            defer {
                close(home)
                close(there)
            }
            guard home >= 0, there >= 0, clx_setns_network(there) == 0 else {
                throw CommandFailure(command: "setns \(name)", status: errno, output: "")
            }
            defer {
                if clx_setns_network(home) != 0 { abort() }  // Never let the thread go on in the wrong place.
            }
            return try body()
        }
    }

    /// An event loop in the namespace. Whoever asks for it shuts the group down.
    package func makeEventLoopGroup() async throws -> MultiThreadedEventLoopGroup {
        try await enter { MultiThreadedEventLoopGroup(numberOfThreads: 1) }
    }

    /// Runs a closure with an event loop in the namespace, which is shut down afterwards.
    package func withEventLoop<Value: Sendable>(
        _ body: (any EventLoop) async throws -> Value
    ) async throws -> Value {
        let group = try await makeEventLoopGroup()
        do {
            let value = try await body(group.next())
            try await group.shutdownGracefully()
            return value
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }
}
