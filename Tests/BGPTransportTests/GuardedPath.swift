import BFD
import BFDTransport
import Glibc
import NIOCore
import TestSupport

/// A BFD session of one hop on a speaker's loop.
struct GuardedPath: Sendable {
    let changes = Mailbox<BFDStateChange>()
    private let discriminator: UInt32
    private let place: NamespaceLoop
    private let transport: NIOLoopBound<BFDTransport>

    /// Starts BFD on `eth0`, three times the interval to be noticed.
    init(
        from here: String, to there: String, every interval: Duration, echo: Duration? = nil, on place: NamespaceLoop
    ) async throws {
        self.place = place
        let opened = Mailbox<Bool>()
        transport = try await place.run {
            let transport = BFDTransport(on: place.loop)
            try transport.open().whenComplete { opened.post((try? $0.get()) != nil) }
            return NIOLoopBound(transport, eventLoop: place.loop)
        }
        guard try await opened.take() else { throw RouterFailure(words: "BFD does not open") }
        let settings = BFDSettings(transmitInterval: interval, receiveInterval: interval, echoInterval: echo)
        discriminator = try await place.run { [transport, changes] in
            let path = BFDPath.singleHop(
                from: addressOf(here), to: addressOf(there), interface: unsafe if_nametoindex("eth0"))
            return try transport.value.start(path, settings) { changes.post($0) }
        }
    }

    var status: BFDStatus? {
        get async throws { try await place.run { [transport, discriminator] in transport.value.status(discriminator) } }
    }

    func close() async throws { try await place.run { [transport] in transport.value.close() } }
}
