import ArgumentParser
import NIOCore
import NIOPosix

/// Takes the sessions of one speaker, lets it announce and withdraw, and prints how long it took from the command to the
/// last route. The speaker is told by a line to a control socket.
struct Receive: AsyncParsableCommand {
    @Option(help: "The number of sessions to wait for.") var sessions = 1
    @Option(help: "The number of routes that each session will carry.") var count: Int
    @Option(help: "How often to do it.") var rounds = 5
    @Option(help: "The process whose memory and time are looked at.") var pid: Int32
    @Option(help: "The control socket of the speaker, or of whoever tells it.") var control: String
    @Option(help: "The command to announce.") var announce: String
    @Option(help: "The command to withdraw.") var withdraw: String

    /// What one command took.
    private struct Phase {
        var milliseconds: Double
        var updates: Int
        var processorMilliseconds: Double
    }

    func run() async throws {
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let tally = try await loop.submit { NIOLoopBound(Tally(on: loop), eventLoop: loop) }.get()
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1 << 16))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CountingHandler(tally.value))
                }
            }
            .bind(host: "0.0.0.0", port: 179).get()
        _ = try await loop.flatSubmit { [sessions] in tally.value.reach { $0.established == sessions } }.get()
        let operatorChannel = try await ClientBootstrap(group: loop).connect(unixDomainSocketPath: control).get()
        var announcements: [Phase] = []
        var withdrawals: [Phase] = []
        var memory: [(resident: Int, anonymous: Int)] = []
        for _ in 0..<rounds {
            announcements.append(try await time(announce, by: operatorChannel, tally, on: loop) { $0.announced })
            memory.append(try ProcessFigures.memory(of: pid))
            withdrawals.append(try await time(withdraw, by: operatorChannel, tally, on: loop) { $0.withdrawn })
        }
        try await listener.close()
        let processor = zip(announcements, withdrawals).map { $0.processorMilliseconds + $1.processorMilliseconds }
        print(
            """
            {"announce": \(announcements.map(\.milliseconds)), "withdraw": \(withdrawals.map(\.milliseconds)), \
            "updates": \(announcements.map { $0.updates / sessions }), \
            "residentKilobytes": \(memory.map(\.resident)), "anonymousKilobytes": \(memory.map(\.anonymous)), \
            "processorMillis": \(processor)}
            """)
    }

    /// Gives a command and waits for all routes, each exactly once.
    private func time(
        _ command: String, by channel: any Channel, _ tally: NIOLoopBound<Tally>, on loop: any EventLoop,
        _ counter: @escaping @Sendable (Tally) -> Int
    ) async throws -> Phase {
        let wanted = count * sessions
        let before = try ProcessFigures.processorNanoseconds(of: pid)
        let reached = try await loop.submit {
            tally.value.clear()
            return tally.value.reach { counter($0) >= wanted }
        }.get()
        let start = NIODeadline.now()
        try await channel.writeAndFlush(ByteBuffer(string: command + "\n"))
        let end = try await reached.get()
        // what the speaker does after its last route is part of its time, and there must be no more routes
        try await Task.sleep(for: .milliseconds(200))
        let (seen, updates) = try await loop.submit { (counter(tally.value), tally.value.updates) }.get()
        guard seen == wanted else { throw ValidationError("\(seen) routes came instead of \(wanted)") }
        let after = try ProcessFigures.processorNanoseconds(of: pid)
        return Phase(
            milliseconds: Double((end - start).nanoseconds) / 1e6, updates: updates,
            processorMilliseconds: Double(after - before) / 1e6)
    }
}
