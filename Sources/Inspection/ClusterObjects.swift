package import ClusterConfiguration
package import KubernetesObjects

/// What the API held at one moment of all that Toono decides by and reports to.
package struct ClusterObjects: Sendable {
    package var services: [Service] = []
    package var slices: [EndpointSlice] = []
    package var poolServices: [PoolService] = []
    package var nodes: [Node] = []
    package var resources = ConfigurationResources()
    package var configurationStates: [ConfigurationState] = []
    package var layer2Statuses: [ServiceL2Status] = []
    package var bgpStatuses: [ServiceBGPStatus] = []
    /// Objects that are there and do not decode, one line each: nobody follows them.
    package var unreadable: [String] = []

    package init() {}
}
