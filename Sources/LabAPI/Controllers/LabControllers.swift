/// What makes Deployments and Services of the lab come alive, in place of kube-controller-manager, kube-scheduler and
/// kubelet.
///
/// Pods run and are ready at once; there are no ReplicaSets between Deployments and Pods, so no `kubectl rollout undo`
/// or `history`. Pods of a Node that is not ready stay where they are, as nobody measures time here; they go when the
/// Node is deleted. DaemonSets, StatefulSets and ReplicaSets are stored and make no Pods.
package enum LabControllers {
    /// All of them, in the order in which they look at a change.
    package static let all: [any LabController] = [
        APIServerService(range: ServiceRange.kubeadm.first), DeploymentController(), PodScheduler(), NodeAgent(),
        EndpointSliceController(),
    ]
}
