import Glibc
import Logging
import ServiceLifecycle
import Testing

@testable import Telemetry

/// What needs a process of its own: the logging system is set up once a process, and signals go to all of it.
@Suite struct ProcessTests {
    @Test("after bootstrapping every logger of the process writes JSON lines to standard error")
    func bootstrap() async throws {
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
            let logger = bootstrapLogging(
                label: "toono-speaker", level: .info, format: .json,
                metadataProvider: Logger.MetadataProvider { ["node": "node-1"] })
            logger.notice("started", metadata: ["links": ["eth0"]])
            Logger(label: "other").debug("not shown")
            Logger(label: "other").info("shown")
            exit(0)
        }
        let lines = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            .split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(lines.count == 2)
        #expect(
            lines.first?.hasSuffix(
                #""level":"notice","logger":"toono-speaker","msg":"started","links":["eth0"],"node":"node-1"}"#) == true
        )
        #expect(
            lines.last?.hasSuffix(#""level":"info","logger":"other","msg":"shown","node":"node-1"}"#) == true)
    }

    @Test("a log collector that goes away does not take the process with it")
    func brokenPipe() async {
        await #expect(processExitsWith: .exitCode(3)) {
            var ends: [Int32] = [0, 0]
            guard unsafe pipe(&ends) == 0, dup2(ends[1], STDERR_FILENO) >= 0 else { exit(1) }
            close(ends[0])
            close(ends[1])
            bootstrapLogging(label: "toono-speaker", level: .info, format: .text).notice("started")
            exit(LogSink.standardError.droppedLines == 1 ? 3 : 2)
        }
    }

    /// Asks for the end in the way that a kubelet does, and ends when it is asked to.
    private struct Ending: Service {
        let signal: Int32

        func run() async throws {
            kill(getpid(), signal)
            try await gracefulShutdown()
        }
    }

    @Test("SIGTERM shuts the services down gracefully")
    func sigterm() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let logger = Logger(label: "test")
            try await runServices([Ending(signal: SIGTERM)], gracePeriod: .seconds(5), logger: logger)
            exit(0)
        }
    }

    @Test("SIGINT shuts the services down gracefully")
    func sigint() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let logger = Logger(label: "test")
            try await runServices([Ending(signal: SIGINT)], gracePeriod: .seconds(5), logger: logger)
            exit(0)
        }
    }

    private struct Failing: Service {
        func run() async throws { throw CommandError(.unavailable, "the API server does not answer") }
    }

    private struct Waiting: Service {
        func run() async throws { try await gracefulShutdown() }
    }

    @Test("the error of a service that fails ends the others and is the caller's")
    func failing() async {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        await #expect(throws: CommandError(.unavailable, "the API server does not answer")) {
            try await runServices([Waiting(), Failing()], gracePeriod: .seconds(5), logger: logger)
        }
    }
}
