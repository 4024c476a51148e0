import Addresses
import LinkSockets
import NIOCore
import NIOPosix
import Neighbors
import TestSupport
import Testing
import Wire

/// Against the kernel, arping and ndisc6 of other stations, in namespaces of their own.
@Suite("Frames on a link", .serialized)
struct FrameSocketTests {
    @Test("the question is answered by the kernel of another station, and the answer is heard")
    func question() async throws {
        let lan = try await TestLAN(stations: 2)
        let (node, peer) = (try await TestLink(in: lan.node), try await TestLink(in: lan.stations[1]))
        let socket = try await TestFrameSocket(.arp, on: node)
        for destination in [MACAddress.broadcast, peer.mac] {
            let question = ARPPacket.question(
                addressOf("10.9.0.2"), from: addressOf("10.9.0.1"), mac: node.mac, to: destination)
            #expect(try await socket.send([question.frame]) == 0)
            let answer = try await socket.heard.take { Self.arp($0)?.operation == .reply }
            #expect(Self.arp(answer)?.claims(addressOf("10.9.0.2")) == true)
            #expect(Self.arp(answer)?.senderMAC == peer.mac)
        }
        try await socket.close()
    }

    @Test("gratuitous ARP of arping is heard; what the node itself sends, and what is no ARP, is not")
    func filter() async throws {
        let lan = try await TestLAN(stations: 2)
        let node = try await TestLink(in: lan.node)
        let socket = try await TestFrameSocket(.arp, on: node)
        #expect(
            try await socket.send(ARPPacket.gratuitous(addressOf("10.9.0.100"), mac: node.mac).map(\.frame)) == 0)
        try await lan.node.run("ping -c 1 -W 2 10.9.0.2")
        _ = try? await lan.stations[1].run("arping -c 1 -U -S 10.9.0.77 -i eth0 10.9.0.77")
        _ = try await socket.heard.take { Self.arp($0)?.claims(addressOf("10.9.0.77")) == true }
        #expect(socket.heard.elements.allSatisfy { Self.arp($0).map { $0.senderMAC != node.mac } == true })
        try await socket.close()
    }

    @Test("both forms of gratuitous ARP, sent together, reach a neighbour as two frames and move its young entry")
    func gratuitous() async throws {
        let lan = try await TestLAN(stations: 3)
        let (node, peer) = (try await TestLink(in: lan.node), try await TestLink(in: lan.stations[1]))
        let vip = addressOf("10.9.0.100")
        try await lan.stations[2].run("ip address add 10.9.0.100/32 dev eth0")
        try await lan.stations[1].run("ping -c 1 -W 2 10.9.0.100")  // an entry younger than locktime
        let ear = try await TestFrameSocket(.arp, on: peer)
        let socket = try await TestFrameSocket(.arp, on: node)
        #expect(try await socket.send(ARPPacket.gratuitous(vip, mac: node.mac).map(\.frame)) == 0)
        for form in [ARPPacket.Operation.request, .reply] {
            _ = try await ear.heard.take { Self.arp($0).map { $0.operation == form && $0.claims(vip) } == true }
        }
        try await socket.close()
        try await ear.close()
        #expect(try await lan.stations[1].run("ip neigh show 10.9.0.100").contains(node.mac.description))
    }

    @Test("a solicitation is answered by another kernel, and the advertisement is heard with its flags")
    func solicitation() async throws {
        let lan = try await TestLAN(stations: 2)
        let (node, peer) = (try await TestLink(in: lan.node), try await TestLink(in: lan.stations[1]))
        let socket = try await TestFrameSocket(.neighborAdvertisement, on: node)
        for mac in [nil, peer.mac] {
            let question = NeighborSolicitation(
                target: addressOf("fd09::2"), source: addressOf("fd09::1"), mac: node.mac, destinationMAC: mac)
            #expect(try await socket.send([question.frame]) == 0)
            let answer = try await socket.heard.take { Self.advertisement($0)?.target == addressOf("fd09::2") }
            #expect(Self.advertisement(answer)?.mac == peer.mac && Self.advertisement(answer)?.isSolicited == true)
        }
        try await socket.close()
    }

    @Test("an unsolicited advertisement moves a neighbour's entry")
    func unsolicited() async throws {
        let lan = try await TestLAN(stations: 3)
        let node = try await TestLink(in: lan.node)
        try await lan.stations[2].run("ip address add fd09::100/128 dev eth0 nodad")
        try await lan.stations[1].run("ping -c 1 -W 2 fd09::100")
        let socket = try await TestFrameSocket(.neighborAdvertisement, on: node)
        let told = NeighborAdvertisement(
            target: addressOf("fd09::100"), mac: node.mac, source: addressOf("fd09::100"))
        #expect(try await socket.send([told.unsolicitedFrame]) == 0)
        try await socket.close()
        #expect(try await lan.stations[1].run("ip neigh show fd09::100").contains(node.mac.description))
    }

    @Test("solicitations are heard by the kind that asks for them only; other ICMPv6 by neither")
    func discoveryFilter() async throws {
        let lan = try await TestLAN(stations: 2)
        let node = try await TestLink(in: lan.node)
        let both = try await TestFrameSocket(.neighborDiscovery, on: node)
        let advertisements = try await TestFrameSocket(.neighborAdvertisement, on: node)
        try await lan.stations[1].run("ping -c 1 -W 2 fd09::1")
        let asked = try await both.heard.take { Self.solicitation($0) != nil }
        #expect(Self.solicitation(asked)?.target == addressOf("fd09::1"))
        #expect(Self.solicitation(asked)?.sender == addressOf("fd09::2"))
        try await lan.node.run("ip neigh flush dev eth0 && ping -c 1 -W 2 fd09::2")
        _ = try await both.heard.take { Self.advertisement($0) != nil }
        _ = try await advertisements.heard.take { Self.advertisement($0) != nil }
        #expect(advertisements.heard.elements.allSatisfy { Self.advertisement($0) != nil })
        #expect(both.heard.elements.allSatisfy { Self.advertisement($0) != nil || Self.solicitation($0) != nil })
        try await both.close()
        try await advertisements.close()
    }

    @Test("a link that goes down ends the socket with one word; frames sent after that are dropped and counted")
    func linkDown() async throws {
        let lan = try await TestLAN(stations: 1)
        let node = try await TestLink(in: lan.node)
        for command in ["ip link set eth0 down", "ip link set eth0 up; ip link del eth0"] {
            let socket = try await TestFrameSocket(.arp, on: node)
            try await lan.node.run(command)
            _ = try await socket.heard.take { $0 == nil }
            let frames = ARPPacket.gratuitous(addressOf("10.9.0.100"), mac: node.mac).map(\.frame)
            #expect(try await socket.send(frames) == 2)
            try await socket.close()
            #expect(socket.heard.elements.isEmpty)
            if command.hasSuffix("down") { try await lan.node.run("ip link set eth0 up") }
        }
    }

    @Test("a link that is not there is an error that names it")
    func noLink() async throws {
        let node = try await NetworkNamespace()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let error = try await node.enter {
            #expect(throws: SocketError.self) {
                _ = try FrameSocket.open(.arp, index: 4711, name: "eth9", on: loop) { _ in }
            }
        }
        #expect(error?.description == "cannot open a packet socket on eth9: No such device")
    }

    @Test("a closed socket says nothing more, and leaves no descriptor")
    func closed() async throws {
        let lan = try await TestLAN(stations: 1)
        let node = try await TestLink(in: lan.node)
        var socket: TestFrameSocket? = try await TestFrameSocket(.arp, on: node)
        let (heard, loop) = (try #require(socket).heard, try #require(socket).loop)
        #expect(try await sockets(in: lan.node) == 1)
        try await socket?.close()
        socket = nil
        // The last holder lets go on the loop, which then closes its descriptor too.
        try await loop.submit {}.get()
        #expect(heard.elements.isEmpty)
        #expect(try await sockets(in: lan.node) == 0)
    }

    private func sockets(in node: NetworkNamespace) async throws -> Int {
        try await node.run("awk 'NR > 1' /proc/net/packet").split(separator: "\n").count
    }

    private static func arp(_ frame: [UInt8]?) -> ARPPacket? {
        var reader = WireReader(frame ?? [])
        return try? ARPPacket(decoding: &reader)
    }

    private static func advertisement(_ frame: [UInt8]?) -> AdvertisementSighting? {
        var reader = WireReader(frame ?? [])
        return try? AdvertisementSighting(decoding: &reader)
    }

    private static func solicitation(_ frame: [UInt8]?) -> SolicitationSighting? {
        var reader = WireReader(frame ?? [])
        return try? SolicitationSighting(decoding: &reader)
    }
}
