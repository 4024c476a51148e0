import Addresses
import LinkSockets
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// An address of a test, which is known to be one.
func addressOf(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else {
        Issue.record("\(text) is no address")
        return IPAddress(v4: 0)
    }
    return address
}

/// The link `eth0` of a station.
struct TestLink: Sendable {
    var station: NetworkNamespace
    var index: Int32
    var mac: MACAddress

    init(in station: NetworkNamespace) async throws {
        self.station = station
        // /sys would show the interfaces of the namespace that it was mounted in. ip grumbles when a namespace of another test
        // goes while it looks for the one that the peer is in.
        let text = try await station.run("ip -o link show eth0 2> /dev/null")
        index = try #require(Int32(text.prefix { $0 != ":" }), "\(text)")
        let words = text.split(separator: " ")
        let label = try #require(words.firstIndex(of: "link/ether"))
        mac = try #require(MACAddress(String(words[label + 1])))
    }
}

/// A socket on `eth0` of a station, with what it hears.
struct TestFrameSocket: Sendable {
    let socket: NIOLoopBound<FrameSocket>
    let heard = Mailbox<[UInt8]?>()
    let loop = MultiThreadedEventLoopGroup.singleton.next()

    init(_ kind: FrameSocket.Kind, on link: TestLink) async throws {
        let (heard, loop) = (heard, loop)
        socket = try await link.station.enter {
            try FrameSocket.open(kind, index: link.index, name: "eth0", on: loop, handle: heard.post)
        }.get()
    }

    func send(_ frames: [[UInt8]]) async throws -> Int {
        try await loop.submit {
            socket.value.send(frames)
            return socket.value.dropped
        }.get()
    }

    func close() async throws { try await loop.submit { socket.value.close() }.get() }
}

/// A hello socket on `eth0` of a station, with what it hears.
struct TestHelloSocket: Sendable {
    struct Heard: Sendable, Equatable {
        var bytes: [UInt8]
        var source: IPAddress
    }

    let socket: NIOLoopBound<HelloSocket>
    /// Nil for a socket that died.
    let heard = Mailbox<Heard?>()
    let loop = MultiThreadedEventLoopGroup.singleton.next()

    init(_ family: IPFamily, on link: TestLink, port: UInt16 = 7946) async throws {
        let (heard, loop) = (heard, loop)
        socket = try await link.station.enter {
            try HelloSocket.open(family, index: link.index, name: "eth0", port: port, on: loop) { datagram in
                heard.post(datagram.map { Heard(bytes: $0.bytes, source: $0.source) })
            }
        }.get()
    }

    func send(_ bytes: [UInt8], to address: IPAddress? = nil) async throws -> Int {
        try await loop.submit {
            socket.value.send(bytes, to: address)
            return socket.value.dropped
        }.get()
    }

    func close() async throws { try await loop.submit { socket.value.close() }.get() }
}
