import Addresses
import BFD
import BFDTransport
import Glibc
import NIOCore
import Timing

/// BFD with routers one hop away, on a loop of its own.
final class PathGuard: Sendable {
    private let loop: any EventLoop
    private let local: IPAddress
    private let settings: BFDSettings
    private let state: NIOLoopBound<State>

    /// What the loop alone touches.
    private final class State {
        let transport: BFDTransport
        var rules: [IPAddress: BFDClientRules] = [:]

        init(on loop: any EventLoop) { transport = BFDTransport(on: loop) }
    }

    private init(_ state: NIOLoopBound<State>, from local: IPAddress, every interval: Duration, on loop: any EventLoop)
    {
        self.state = state
        self.local = local
        self.loop = loop
        settings = BFDSettings(transmitInterval: interval, receiveInterval: interval)
    }

    /// Opens BFD's sockets.
    static func open(from local: IPAddress, every interval: Duration, on loop: any EventLoop) async throws -> PathGuard
    {
        let state = try await loop.submit { NIOLoopBound(State(on: loop), eventLoop: loop) }.get()
        try await loop.flatSubmit {
            loop.makeCompletedFuture { try state.value.transport.open() }.flatMap { $0 }
        }.get()
        return PathGuard(state, from: local, every: interval, on: loop)
    }

    /// Watches the path to a router by the interface `eth0`.
    /// - Parameter onFailure: called on this loop when the path has failed.
    func watch(_ router: IPAddress, onFailure: @escaping @Sendable () -> Void) {
        loop.execute { [self] in
            let path = BFDPath.singleHop(from: local, to: router, interface: unsafe if_nametoindex("eth0"))
            guard state.value.rules.updateValue(BFDClientRules(), forKey: router) == nil else { return }
            do throws(BFDSocketError) {
                _ = try state.value.transport.start(path, settings) { [self] change in
                    let now = Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds))
                    say("bfd \(router) \(change.to)")
                    if state.value.rules[router]?.note(change, at: now) == true { onFailure() }
                }
            } catch {
                say("bfd \(router) \(error)")
            }
        }
    }
}
