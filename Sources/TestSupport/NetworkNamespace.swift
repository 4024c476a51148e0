import CLinux
import Glibc
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

    /// Runs a closure on a thread of its own in the namespace. Sockets that it makes stay there.
    ///
    /// Event loops belong outside: whoever waits for a loop is resumed by the loop's thread, and the threads that Swift's
    /// runtime starts at that moment would be born in the loop's namespace, and everything after it run there.
    package func enter<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await DedicatedThread.run { [self] in
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
                // The thread resumes whoever waits: never from the wrong place.
                if clx_setns_network(home) != 0 { abort() }
            }
            return try body()
        }
    }
}
