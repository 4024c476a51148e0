package import KubernetesClient

/// What the controller's state asks its surroundings to do at once.
package enum ControllerEffect: Sendable, Hashable {
    /// Put a key in the queue.
    case enqueue(WorkKey)
    /// Put a key in the queue after a while.
    case enqueueAfter(WorkKey, Duration)
    /// The object of the key is gone.
    case forget(WorkKey)
    /// Tell a person.
    case report(EventReport)
}
