import Hummingbird
package import Logging
import ServiceLifecycle

/// The web application of the lab's pods: says which node answers.
package struct PodServer: Service {
    package var node: String
    package var host: String
    package var port: Int
    package var logger: Logger

    package init(node: String, host: String, port: Int, logger: Logger) {
        self.node = node
        self.host = host
        self.port = port
        self.logger = logger
    }

    package func run() async throws {
        let node = node
        let router = Router()
        router.get("/") { _, _ in "hello from a pod on \(node)\n" }
        router.get("/healthz") { _, _ in "ok\n" }
        let application = Application(
            router: router, configuration: .init(address: .hostname(host, port: port), serverName: "edgeapp"),
            logger: logger)
        try await application.run()
    }
}
