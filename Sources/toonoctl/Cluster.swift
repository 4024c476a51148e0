import ClusterConfiguration
import Eligibility
import Inspection
import KubernetesClient
import KubernetesObjects

/// Reads from the API what commands look at.
struct Cluster {
    let client: KubernetesClient
    let namespace: String
    let policy: Layer2Eligibility.Policy

    static let nodes = ResourcePath(plural: "nodes")

    /// Everything, as it is now.
    func picture() async throws(KubernetesError) -> ClusterPicture {
        var objects = ClusterObjects()
        objects.services = try await list(ResourcePath(plural: "services"), &objects)
        objects.nodes = try await list(Self.nodes, &objects)
        let slices = await client.path(of: .endpointSlices)
        objects.slices = try await list(slices, &objects)
        objects.poolServices = try await poolServices(&objects)
        objects.resources.pools = try await list(path("ipaddresspools"), &objects)
        objects.resources.layer2Advertisements = try await list(path("l2advertisements"), &objects)
        objects.resources.bgpAdvertisements = try await list(path("bgpadvertisements"), &objects)
        objects.resources.bfdProfiles = try await list(path("bfdprofiles"), &objects)
        objects.resources.communities = try await list(path("communities"), &objects)
        let peers = await client.path(
            of: ServedResource(
                group: "metallb.io", versions: ["v1beta2", "v1beta1"], plural: "bgppeers", namespace: namespace))
        objects.resources.bgpPeers = try await list(peers, &objects)
        objects.configurationStates = try await list(path("configurationstates"), &objects)
        (objects.layer2Statuses, objects.bgpStatuses) = try await reports()
        return ClusterPicture(objects, policy: policy)
    }

    /// What the speakers report that they announce.
    func announcers() async throws(KubernetesError) -> Announcers {
        let (layer2, bgp) = try await reports()
        return Announcers(layer2, bgp)
    }

    /// The events about a Service.
    func events(of service: ObjectKey) async throws(KubernetesError) -> [EventRecord] {
        var objects = ClusterObjects()
        return try await list(
            ResourcePath(plural: "events", namespace: service.namespace), &objects,
            fieldSelector: "involvedObject.kind=Service,involvedObject.name=\(service.name)")
    }

    /// The warnings about nodes: a speaker that cannot start leaves one.
    func nodeWarnings() async throws(KubernetesError) -> [EventRecord] {
        var objects = ClusterObjects()
        return try await unlessForbidden { () throws(KubernetesError) in
            try await list(
                ResourcePath(plural: "events", namespace: "default"), &objects,
                fieldSelector: "involvedObject.kind=Node,type=Warning")
        }
    }

    private func reports() async throws(KubernetesError) -> ([ServiceL2Status], [ServiceBGPStatus]) {
        var objects = ClusterObjects()
        return (
            try await list(path("servicel2statuses"), &objects), try await list(path("servicebgpstatuses"), &objects)
        )
    }

    /// A kind of `metallb.io` in the namespace of the configuration.
    func path(_ plural: String) -> ResourcePath {
        ResourcePath(group: "metallb.io", version: "v1beta1", plural: plural, namespace: namespace)
    }

    private func poolServices(_ objects: inout ClusterObjects) async throws(KubernetesError) -> [PoolService] {
        try await unlessForbidden { () throws(KubernetesError) in
            try await list(await client.path(of: .poolServices), &objects)
        }
    }

    /// Whoever may see the rest and not these does without: a server refuses before it says that there are none.
    private func unlessForbidden<Object>(
        _ list: () async throws(KubernetesError) -> [Object]
    ) async throws(KubernetesError) -> [Object] {
        do throws(KubernetesError) {
            return try await list()
        } catch {
            guard error.code == .forbidden else { throw error }
            return []
        }
    }

    /// All pages of a list. A kind that the server does not have has no objects.
    private func list<Object: KubernetesObject>(
        _ path: ResourcePath, _ objects: inout ClusterObjects, fieldSelector: String? = nil
    ) async throws(KubernetesError) -> [Object] {
        var found: [Object] = []
        var options = ListOptions(fieldSelector: fieldSelector, limit: 500)
        do throws(KubernetesError) {
            repeat {
                let page = try await client.list(Object.self, at: path, options)
                found += page.objects
                objects.unreadable += page.unreadable.map { "\(Object.kind) \($0)" }
                options.continueToken = page.continueToken
            } while options.continueToken != nil
        } catch {
            guard error.code == .notFound else { throw error }
        }
        return found
    }
}
