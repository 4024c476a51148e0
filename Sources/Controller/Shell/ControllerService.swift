package import KubernetesClient
package import Logging
import KubernetesObjects
import ServiceLifecycle
package import Telemetry

/// The controller as a part of a process: reflectors, the controller itself and the writer of events, together until
/// the process shuts down. It has nothing to finish: what is not written is found again by the next one.
package struct ControllerService: ServiceLifecycle.Service {
    /// For `/state`.
    package let controller: Controller
    private let sources: ControllerSources
    private let recorder: EventRecorder
    private let elector: LeaderElector?
    private let readiness: Readiness

    /// - Parameter identity: the name under which this process takes part in an election of one leader; nil for the only
    ///   controller that there is.
    package init(
        settings: ControllerSettings, client: KubernetesClient, identity: String?, readiness: Readiness, logger: Logger
    ) {
        self.readiness = readiness
        elector = identity.map { identity in
            LeaderElector(
                client: client, key: ObjectKey(namespace: settings.namespace, name: "toono-controller"),
                settings: LeaderElection.Settings(identity: identity), logger: logger)
        }
        recorder = EventRecorder(client: client, component: "toono-controller", logger: logger)
        controller = Controller(
            settings: settings, api: KubernetesControllerAPI(client: client, recorder: recorder, elector: elector),
            readiness: readiness, logger: logger)
        sources = ControllerSources(client: client, settings: settings, logger: logger)
    }

    /// Runs until the process shuts down or the task is cancelled.
    /// - Throws: `LeadershipLost`.
    package func run() async throws {
        guard let elector else { return await cancelWhenGracefulShutdown { await work() } }
        // One that stands by does all that it has to.
        readiness.meet(Controller.readinessCondition)
        try await elector.run { await work() }
    }

    private func work() async {
        readiness.miss(Controller.readinessCondition, because: "not listed yet")
        await withDiscardingTaskGroup { group in
            group.addTask { await recorder.run() }
            group.addTask { await controller.run() }
            group.addTask { await sources.run { await controller.receive($0) } }
        }
    }
}

extension ControllerService: CustomStringConvertible {
    /// For the lines that the service group logs.
    package var description: String { "controller" }
}
