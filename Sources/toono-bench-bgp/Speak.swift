import Addresses
import ArgumentParser
import NIOCore
import NIOPosix

/// Runs one of our speakers until it is killed: sessions with some routers, which all read one table. What is announced
/// comes by a socket, a command a line: `announce` and `withdraw`. Says on standard output what becomes of sessions.
struct Speak: AsyncParsableCommand {
    @Option(help: "The socket that commands come by.") var control: String
    @Option(help: "The number of addresses to announce, from 198.18.0.0 on.") var count = 1
    @Flag(help: "Announce at once.") var announce = false
    @Option(help: "The interval of BFD in milliseconds, three of which are noticed; no BFD without.") var bfd: Int?
    @Option(help: "The own address, for BFD.") var local = "10.9.0.1"
    @Argument(help: "The routers' addresses.") var routers: [String]

    func run() async throws {
        let routers = try routers.map { text in
            guard let address = IPAddress(text) else { throw ValidationError("\(text) is no address") }
            return address
        }
        guard let local = IPAddress(local) else { throw ValidationError("\(self.local) is no address") }
        // as in a speaker: sessions on a loop, BFD on another one
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loop = loops.next()
        var guardian: PathGuard?
        if let bfd { guardian = try await .open(from: local, every: .milliseconds(bfd), on: loops.next()) }
        let speaker = try await loop.submit { [count, guardian, announce] in
            let speaker = BenchSpeaker(count: count, on: loop, guardian: guardian)
            if announce { speaker.announce() }
            for router in routers { speaker.add(router) }
            return NIOLoopBound(speaker, eventLoop: loop)
        }.get()
        let channel = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CommandHandler(speaker.value))
                }
            }
            .bind(unixDomainSocketPath: control, cleanupExistingSocketFile: true).get()
        try await channel.closeFuture.get()
    }
}

/// Reads commands, a line each.
private final class CommandHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let speaker: BenchSpeaker
    private var line = ""

    init(_ speaker: BenchSpeaker) { self.speaker = speaker }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for character in String(buffer: unwrapInboundIn(data)) {
            guard character.isNewline else {
                line.append(character)
                continue
            }
            switch line {
            case "announce": speaker.announce()
            case "withdraw": speaker.withdraw()
            default: say("what is \(line)?")
            }
            line = ""
        }
    }
}
