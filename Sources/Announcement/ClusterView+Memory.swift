package import ClusterConfiguration
package import Eligibility
package import KubernetesObjects

// What a speaker writes down of the cluster, so that the next process can start without an API server.
extension ClusterView {
    /// The Services that a load balancer is concerned with, in order of name.
    package var rememberedServices: [Service] {
        services.values.filter(\.isLoadBalancer).sorted { $0.key < $1.key }
    }

    /// Their endpoints.
    package var rememberedSlices: [EndpointSlice] {
        slices.filter { services[$0.key]?.isLoadBalancer == true }.flatMap(\.value.values).sorted { $0.key < $1.key }
    }

    /// Their PoolServices.
    package var rememberedPoolServices: [PoolService] {
        poolServices.filter { services[$0.key]?.isLoadBalancer == true }.flatMap(\.value.values)
            .sorted { $0.key < $1.key }
    }

    /// The nodes, as far as they decide anything.
    package var rememberedNodes: [NodeFacts] { nodes.values.sorted { $0.name < $1.name } }

    /// The resources of the configuration in force. A password is not written to a disk: the session that needs it waits
    /// for the API server.
    package var rememberedConfiguration: ConfigurationResources {
        var resources = resources
        for index in resources.bgpPeers.indices { resources.bgpPeers[index].spec.password = nil }
        return resources
    }
}
