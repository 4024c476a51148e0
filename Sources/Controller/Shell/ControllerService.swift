package import KubernetesClient
package import Logging
import ServiceLifecycle
package import Telemetry

/// The controller as a part of a process: reflectors, the controller itself and the writer of events, together until
/// the process shuts down. It has nothing to finish: what is not written is found again by the next one.
package struct ControllerService: Service {
    /// For `/state`.
    package let controller: Controller
    private let sources: ControllerSources
    private let recorder: EventRecorder

    package init(settings: ControllerSettings, client: KubernetesClient, readiness: Readiness, logger: Logger) {
        recorder = EventRecorder(client: client, component: "toono-controller", logger: logger)
        controller = Controller(
            settings: settings, api: KubernetesControllerAPI(client: client, recorder: recorder),
            readiness: readiness, logger: logger)
        sources = ControllerSources(client: client, settings: settings, logger: logger)
    }

    /// Runs until the process shuts down or the task is cancelled.
    package func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await recorder.run() }
                group.addTask { await controller.run() }
                group.addTask { await sources.run { await controller.receive($0) } }
            }
        }
    }
}
