package import KubernetesClient
package import KubernetesObjects

/// What the controller asks of the API: the way to a server, or a fake of one in tests.
package protocol ControllerAPI: Sendable {
    /// Makes a change. A merge patch with a version that is no longer the newest throws `conflict`.
    func write(_ write: ControllerWrite) async throws(KubernetesError) -> WriteAnswer
    /// Reads a Service anew, past every cache.
    func service(_ key: ObjectKey) async throws(KubernetesError) -> Service
    /// Tells a person; returns at once and never fails.
    func report(_ report: EventReport)
}
