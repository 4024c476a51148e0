import Addresses
import Kernel
import NIOCore
import TestSupport
import Testing

/// An address of a test, which is known to be one.
func addressOf(_ text: String, plus offset: Int = 0) -> IPAddress {
    guard let base = IPAddress(text), let address = IPAddress(family: base.family, bits: base.bits + UInt128(offset))
    else {
        Issue.record("\(text) is no address")
        return IPAddress(v4: 0)
    }
    return address
}

/// All that a session reads.
struct Observed: Sendable {
    var routes: [Route]
    var proxies: [ProxyNeighbor]
    var addresses: [LinkAddress]

    init() throws {
        let session = try KernelSession()
        routes = try session.routes()
        proxies = try session.proxyNeighbors()
        addresses = try session.addresses()
    }
}

extension KernelSession {
    /// The index of a link that a test has made.
    func index(of name: String) throws -> Int32 { try #require(try links().first { $0.name == name }).index }
}

extension NetworkNamespace {
    /// Begins to hear the events of the namespace.
    func listen(on loop: any EventLoop, _ events: Mailbox<KernelEvent>) async throws -> KernelMonitor {
        try await enter { try KernelMonitor.open(on: loop) { $0.forEach(events.post) } }.get()
    }
}
