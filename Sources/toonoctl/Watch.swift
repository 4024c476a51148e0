import ArgumentParser
import Foundation
import Inspection
import KubernetesClient
import KubernetesObjects
import Logging
import UnixSignals

/// `toonoctl watch`: a live view of who announces what.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look on: owners, sessions with routers and failovers, as they happen.",
        discussion: """
            On a terminal a view that follows what the speakers report; elsewhere, and with --lines, a line for each \
            change, with -o json an object. --state asks a speaker itself as well, each second, for its sessions and \
            the speakers that it hears. Ends when it is interrupted, or with --for. Exit status 69 if the API does not \
            answer at the beginning; later an outage is shown and waited for.
            """)

    @Option(
        name: .customLong("for"), help: "End after this time: 30s, 10m. (default: when interrupted)",
        transform: DrainNode.duration)
    var time: Duration?
    @Flag(help: "A line for each change, also on a terminal.") var lines = false
    @OptionGroup var speakers: SpeakerOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var output: Output

    /// Between two looks at a speaker, and the longest that a screen is left as it is: its ages go on.
    private static let pause = Duration.seconds(1)

    func run() async throws {
        try await cluster.withCluster { api in
            _ = try await api.announcers()
            let isScreen = !lines && Terminal.isOutput && (output.output == .table || output.output == .wide)
            let display = LiveDisplay(
                server: "\(api.client.configuration.server)", form: isScreen ? .screen : .lines,
                format: output.output)
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            await display.begin()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in signals { break }
                }
                if let time {
                    // Cancellation ends it as well.
                    group.addTask { try? await Task.sleep(for: time) }
                }
                group.addTask {
                    await withDiscardingTaskGroup { follow(api, display, in: &$0) }
                }
                await group.next()
                group.cancelAll()
            }
            await display.end()
        }
    }

    private func follow(_ api: Cluster, _ display: LiveDisplay, in group: inout DiscardingTaskGroup) {
        group.addTask {
            await api.reflector(Service.self, ResourcePath(plural: "services")).run { await display.take($0) }
        }
        group.addTask {
            await api.reflector(ServiceL2Status.self, api.path("servicel2statuses")).run { await display.take($0) }
        }
        group.addTask {
            await api.reflector(ServiceBGPStatus.self, api.path("servicebgpstatuses")).run { await display.take($0) }
        }
        group.addTask {
            await api.reflector(EventRecord.self, ResourcePath(plural: "events")).run { await display.take($0) }
        }
        for url in speakers.state {
            group.addTask {
                while !Task.isCancelled {
                    await display.take(speaker: url) { try await speakers.read(url) }
                    try? await Task.sleep(for: Self.pause)
                }
            }
        }
        group.addTask {
            while !Task.isCancelled {
                await display.draw()
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}

extension Cluster {
    func reflector<Object: KubernetesObject>(_ type: Object.Type, _ path: ResourcePath) -> Reflector<Object> {
        Reflector(client: client, path: path, logger: Logger(label: "toonoctl") { _ in SwiftLogNoOpLogHandler() })
    }
}
