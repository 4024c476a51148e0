package import KubernetesObjects

/// A change of the API. Each is complete in itself and can be made again.
package enum ControllerWrite: Sendable, Hashable {
    /// A merge patch of `services/status`, with the version that it was made for; it may touch annotations, which
    /// servers keep when they come with the status.
    case serviceStatus(ObjectKey, JSONValue)
    /// A merge patch of a PoolService's status, with the version that it was made for.
    case poolServiceStatus(ObjectKey, JSONValue)
    /// A merge patch of a PoolService's finalizers, with the version that it was made for.
    case poolServiceFinalizers(ObjectKey, JSONValue)
    case poolStatus(ObjectKey, IPAddressPool.Status)
    /// Creates the object where it is not there.
    case configurationState(ConfigurationState)
    /// Changes of resources in order; each is made although one before it failed.
    case resources([ResourceWrite])
    /// Creates the Secret with the speakers' key; one that is there is left as it is. The key itself is made by whoever
    /// performs the write, so that it stands in no queue.
    case helloKey(ObjectKey)
}

/// The change of one `metallb.io` resource.
package enum ResourceWrite: Sendable, Hashable {
    case create(ResourceKind, JSONValue)
    case patch(ResourceKind, ObjectKey, JSONValue)
    case delete(ResourceKind, ObjectKey)
}

/// The kinds that make up a configuration.
package enum ResourceKind: String, Sendable, Hashable, CaseIterable {
    case pools = "IPAddressPool"
    case communities = "Community"
    case bfdProfiles = "BFDProfile"
    case bgpPeers = "BGPPeer"
    case bgpAdvertisements = "BGPAdvertisement"
    case layer2Advertisements = "L2Advertisement"

    /// As in a URL.
    package var plural: String {
        switch self {
        case .pools: "ipaddresspools"
        case .communities: "communities"
        case .bfdProfiles: "bfdprofiles"
        case .bgpPeers: "bgppeers"
        case .bgpAdvertisements: "bgpadvertisements"
        case .layer2Advertisements: "l2advertisements"
        }
    }

    package var apiVersion: String { self == .bgpPeers ? BGPPeer.apiVersion : IPAddressPool.apiVersion }

    /// The version alone, as in a URL.
    package var version: String { String(apiVersion.split(separator: "/").last ?? "v1beta1") }
}

/// What came of a write.
package enum WriteAnswer: Sendable {
    /// The Service as the server holds it now.
    case service(Service)
    /// The PoolService as the server holds it now.
    case poolService(PoolService)
    case done
    /// What was to be created is there already.
    case alreadyThere
}

/// What a key's work comes to.
package struct Work: Sendable {
    /// Nil if the API already says what it should.
    package var write: ControllerWrite?
    package var effects: [ControllerEffect] = []
}
