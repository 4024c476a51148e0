import Announcement
import ClusterConfiguration
import KubernetesClient
import KubernetesObjects
import Logging
import Telemetry

/// Puts the `metallb.io` resources together and hands on each valid configuration; an invalid one changes nothing.
actor ConfigurationFeed {
    private let loop: SpeakerLoop
    private let reporter: ConfigurationReporter
    private let logger: Logger
    private var pools: [ObjectKey: IPAddressPool]?
    private var advertisements: [ObjectKey: L2Advertisement]?
    private var bgpPeers: [ObjectKey: BGPPeer]?
    private var bgpAdvertisements: [ObjectKey: BGPAdvertisement]?
    private var bfdProfiles: [ObjectKey: BFDProfile]?
    private var communities: [ObjectKey: Community]?
    private var lastProblems: [ConfigurationProblem] = []
    private let metrics = KubernetesMetrics()
    private var isLoaded = false

    init(
        loop: SpeakerLoop, reporter: ConfigurationReporter, known: ConfigurationResources?, logger: Logger
    ) {
        self.loop = loop
        self.reporter = reporter
        pools = known.map { Self.index($0.pools) }
        advertisements = known.map { Self.index($0.layer2Advertisements) }
        bgpPeers = known.map { Self.index($0.bgpPeers) }
        bgpAdvertisements = known.map { Self.index($0.bgpAdvertisements) }
        bfdProfiles = known.map { Self.index($0.bfdProfiles) }
        communities = known.map { Self.index($0.communities) }
        self.logger = logger
        metrics.record(isLoaded: false, isStale: false)
    }

    func pools(_ event: ReflectorEvent<IPAddressPool>) async {
        if Self.apply(event, to: &pools) { await resolve() }
    }

    func layer2Advertisements(_ event: ReflectorEvent<L2Advertisement>) async {
        if Self.apply(event, to: &advertisements) { await resolve() }
    }

    func peers(_ event: ReflectorEvent<BGPPeer>) async {
        if Self.apply(event, to: &bgpPeers) { await resolve() }
    }

    func bgpAdvertisements(_ event: ReflectorEvent<BGPAdvertisement>) async {
        if Self.apply(event, to: &bgpAdvertisements) { await resolve() }
    }

    func bfdProfiles(_ event: ReflectorEvent<BFDProfile>) async {
        if Self.apply(event, to: &bfdProfiles) { await resolve() }
    }

    func communities(_ event: ReflectorEvent<Community>) async {
        if Self.apply(event, to: &communities) { await resolve() }
    }

    /// - Returns: true if there is something to resolve anew.
    private static func apply<Object: KubernetesObject>(
        _ event: ReflectorEvent<Object>, to objects: inout [ObjectKey: Object]?
    ) -> Bool {
        switch event {
        case .replaced(let list, _, _):
            objects = index(list)
        case .applied(let object): objects?[object.key] = object
        case .deleted(let key): objects?[key] = nil
        // A kind that the server does not have has no objects; it may come later.
        case .connection(.absent): if objects == nil { objects = [:] } else { return false }
        case .connection, .unreadable: return false
        }
        return true
    }

    private static func index<Object: KubernetesObject>(_ list: [Object]) -> [ObjectKey: Object] {
        Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
    }

    private func resolve() async {
        guard let pools, let advertisements, let bgpPeers, let bgpAdvertisements, let bfdProfiles, let communities
        else { return }
        let resources = ConfigurationResources(
            pools: Array(pools.values), layer2Advertisements: Array(advertisements.values),
            bgpAdvertisements: Array(bgpAdvertisements.values), bgpPeers: Array(bgpPeers.values),
            bfdProfiles: Array(bfdProfiles.values), communities: Array(communities.values))
        let resolution = Configuration.resolve(resources)
        reporter.note(problems: resolution.problems.map { "configurationInvalid: \($0)" })
        if resolution.problems != lastProblems {
            lastProblems = resolution.problems
            for problem in lastProblems {
                logger.error("configuration is invalid, the last good one stays", metadata: ["problem": "\(problem)"])
            }
        }
        isLoaded = isLoaded || resolution.configuration != nil
        metrics.record(isLoaded: isLoaded, isStale: resolution.configuration == nil)
        guard let configuration = resolution.configuration else { return }
        await loop.updateCluster { $0.setConfiguration(configuration, from: resources) }
    }
}
