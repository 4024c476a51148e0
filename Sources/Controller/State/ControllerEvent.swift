package import KubernetesClient
package import KubernetesObjects

/// What the controller hears from the API, one case a kind.
package enum ControllerEvent: Sendable {
    /// Lists hold what `ServiceDigester` leaves of a Service.
    case services(ReflectorEvent<Service>)
    case poolServices(ReflectorEvent<PoolService>)
    case nodePools(ReflectorEvent<NodePool>)
    case namespaces(ReflectorEvent<Namespace>)
    /// Only the legacy ConfigMap.
    case configMaps(ReflectorEvent<ConfigMap>)
    case pools(ReflectorEvent<IPAddressPool>)
    case layer2Advertisements(ReflectorEvent<L2Advertisement>)
    case bgpAdvertisements(ReflectorEvent<BGPAdvertisement>)
    case bgpPeers(ReflectorEvent<BGPPeer>)
    case bfdProfiles(ReflectorEvent<BFDProfile>)
    case communities(ReflectorEvent<Community>)
}
