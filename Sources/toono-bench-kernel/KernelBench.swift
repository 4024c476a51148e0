import Addresses
import Announcement
import ArgumentParser
import Benchmarking
import Kernel
import LinkSockets
import NIOCore
import NIOPosix
import Neighbors
import Speaker
import Timing

/// Measures what a speaker does to the kernel of the network namespace that it is run in, which has to be one made for
/// that: `hack/bench program` and `hack/bench garp` do so.
@main
struct KernelBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toono-bench-kernel", subcommands: [Program.self, Announce.self])
}

/// Programs VIPs, takes them over as a new process would, and removes them.
struct Program: ParsableCommand {
    @Option(help: "The number of VIPs.") var count = 10_000
    @Option(help: "The interface that answers.") var interface = "eth0"

    func run() throws {
        let session = try KernelSession()
        let sink = try session.ensureSink().index
        guard let link = try session.links().first(where: { $0.name == interface })?.index else {
            throw ValidationError("there is no interface \(interface)")
        }
        let answers = (0..<count).map {
            Answer(address: IPAddress(v4: 0x0A40_0000 + UInt32($0)), link: link, method: .proxy)
        }
        // The clock stands still: nothing here waits for a lease to end.
        let now = Instant(nanoseconds: 0)
        var program = KernelProgram()
        _ = try session.apply(program.setLease(.seconds(60), sink: sink, at: now))

        var adding = Stopwatch()
        var refused = try adding.time { try session.apply(program.answer(answers, sink: sink)).count }

        var successor = KernelProgram()
        var adopting = Stopwatch()
        let changes = try adopting.time {
            successor.adopt(try sight(session, sink: sink).held)
            return successor.repair(try sight(session, sink: sink), sink: sink, at: now)
        }

        var removing = Stopwatch()
        refused += try removing.time { try session.apply(successor.silence(answers, sink: sink)).count }
        let rest = try sight(session, sink: sink)
        print(
            """
            {"programMillis": \(adding.median.milliseconds), "adoptMillis": \(adopting.median.milliseconds), \
            "adoptChanges": \(changes.count), "removeMillis": \(removing.median.milliseconds), "refused": \(refused), \
            "left": \(rest.routes.count + rest.proxies.count)}
            """)
    }

    private func sight(_ session: KernelSession, sink: Int32) throws -> KernelSight {
        KernelSight(
            routes: try session.routes(), proxies: try session.proxyNeighbors(), addresses: try session.addresses(),
            sink: sink)
    }
}

/// Sends gratuitous ARP for VIPs, in both forms.
struct Announce: AsyncParsableCommand {
    @Option(help: "The number of VIPs.") var count = 10_000
    @Option(help: "The interface to send on.") var interface = "eth0"

    func run() async throws {
        let link = try KernelSession().links().first { $0.name == interface }
        guard let link, let mac = link.mac else { throw ValidationError("there is no interface \(interface)") }
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let socket = try await FrameSocket.open(
            .arp, index: link.index, name: link.name, on: loop, handle: { _ in }
        ).get()
        let (time, dropped) = try await loop.submit { [count] in
            var watch = Stopwatch()
            watch.time {
                var frames: [[UInt8]] = []
                frames.reserveCapacity(2 * count)
                for index in 0..<count {
                    frames += ARPPacket.gratuitous(IPAddress(v4: 0x0A40_0000 + UInt32(index)), mac: mac).map(\.frame)
                }
                socket.value.send(frames)
            }
            return (watch.median, socket.value.dropped)
        }.get()
        try await loop.submit { socket.value.close() }.get()
        print("{\"sendMillis\": \(time.milliseconds), \"dropped\": \(dropped)}")
    }
}
