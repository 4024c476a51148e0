import KubernetesClient
import KubernetesObjects
import Logging

/// The reflectors that feed the controller, one a kind.
struct ControllerSources: Sendable {
    let client: KubernetesClient
    let settings: ControllerSettings
    let logger: Logger

    /// Follows all kinds until the task is cancelled. The next event of a kind waits for `deliver` to return.
    func run(_ deliver: @escaping @Sendable (ControllerEvent) async -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                var services = reflector(Service.self, ServedResource(KubernetesControllerAPI.services))
                let digester = ServiceDigester()
                services.digest = { digester.digest($0) }
                await services.run { await deliver(.services($0)) }
            }
            group.addTask {
                await reflector(Namespace.self, ServedResource(ResourcePath(plural: "namespaces")))
                    .run { await deliver(.namespaces($0)) }
            }
            group.addTask {
                let path = ResourcePath(plural: "configmaps", namespace: settings.namespace)
                await reflector(
                    ConfigMap.self, ServedResource(path), fieldSelector: "metadata.name=\(settings.legacyConfigMap)"
                ).run { await deliver(.configMaps($0)) }
            }
            group.addTask {
                await optional(PoolService.self, .poolServices).run { await deliver(.poolServices($0)) }
            }
            group.addTask {
                await optional(NodePool.self, .nodePools).run { await deliver(.nodePools($0)) }
            }
            group.addTask { await kind(IPAddressPool.self, .pools).run { await deliver(.pools($0)) } }
            group.addTask {
                await kind(L2Advertisement.self, .layer2Advertisements)
                    .run { await deliver(.layer2Advertisements($0)) }
            }
            group.addTask {
                await kind(BGPAdvertisement.self, .bgpAdvertisements).run { await deliver(.bgpAdvertisements($0)) }
            }
            group.addTask {
                await kind(BGPPeer.self, .bgpPeers, versions: ["v1beta2", "v1beta1"])
                    .run { await deliver(.bgpPeers($0)) }
            }
            group.addTask { await kind(BFDProfile.self, .bfdProfiles).run { await deliver(.bfdProfiles($0)) } }
            group.addTask { await kind(Community.self, .communities).run { await deliver(.communities($0)) } }
        }
    }

    private func kind<Object: KubernetesObject>(
        _ type: Object.Type, _ kind: ResourceKind, versions: [String] = ["v1beta1"]
    ) -> Reflector<Object> {
        reflector(
            type,
            ServedResource(
                group: "metallb.io", versions: versions, plural: kind.plural, namespace: settings.namespace))
    }

    /// OpenYurt's kinds, which a cluster without it is not asked for all the time.
    private func optional<Object: KubernetesObject>(
        _ type: Object.Type, _ resource: ServedResource
    ) -> Reflector<Object> {
        var policy = ReflectorPolicy()
        policy.expectAbsence()
        return Reflector(client: client, resource: resource, policy: policy, logger: logger)
    }

    private func reflector<Object: KubernetesObject>(
        _ type: Object.Type, _ resource: ServedResource, fieldSelector: String? = nil
    ) -> Reflector<Object> {
        Reflector(client: client, resource: resource, fieldSelector: fieldSelector, logger: logger)
    }
}
