import KubernetesObjects

extension Configuration {
    /// What came of checking resources.
    package struct Resolution: Sendable, Hashable {
        /// The configuration, or all that is wrong. One wrong object makes the whole invalid, so that what is valid is
        /// never mixed with what used to be: the last good configuration stays in force.
        package var result: Result<Configuration, InvalidConfiguration>
        /// What is allowed but hardly meant, such as the name of a pool that does not exist.
        package var warnings: [ConfigurationProblem]

        package init(result: Result<Configuration, InvalidConfiguration>, warnings: [ConfigurationProblem]) {
            self.result = result
            self.warnings = warnings
        }

        /// The configuration, unless something is wrong.
        package var configuration: Configuration? { try? result.get() }
        /// What is wrong; empty if nothing is.
        package var problems: [ConfigurationProblem] {
            if case .failure(let invalid) = result { invalid.problems } else { [] }
        }
    }

    /// Checks resources and resolves the references between them. Pure: the same resources in any order give the same
    /// answer, in the controller, in every speaker and in `toonoctl validate`.
    package static func resolve(_ resources: ConfigurationResources) -> Resolution {
        var resolver = Resolver()
        var configuration = Configuration()
        let pools = resources.pools.inOrderOfName
        configuration.pools = resolver.resolvePools(pools)
        configuration.layer2Advertisements = resolver.resolveLayer2(
            resources.layer2Advertisements.inOrderOfName, pools: pools)
        configuration.bfdProfiles = resolver.resolveBFDProfiles(resources.bfdProfiles.inOrderOfName)
        let peers = resources.bgpPeers.inOrderOfName
        configuration.peers = resolver.resolvePeers(peers, profiles: configuration.bfdProfiles)
        let aliases = resolver.resolveCommunities(resources.communities.inOrderOfName)
        let advertisements = resources.bgpAdvertisements.inOrderOfName
        configuration.bgpAdvertisements = resolver.resolveBGP(
            advertisements, pools: pools, aliases: aliases, peers: Set(peers.map(\.metadata.name)))
        resolver.checkRoutes(of: advertisements, in: configuration)
        resolver.checkEcho(of: peers, in: configuration)
        resolver.warnOfUnannouncedPools(pools, in: configuration)
        return Resolution(
            result: resolver.problems.isEmpty
                ? .success(configuration) : .failure(InvalidConfiguration(problems: resolver.problems)),
            warnings: resolver.warnings)
    }
}

extension Array where Element: KubernetesObject {
    /// Sorted, so that messages and results do not depend on the order in which a server lists.
    fileprivate var inOrderOfName: [Element] {
        sorted { ($0.metadata.name, $0.metadata.namespace) < ($1.metadata.name, $1.metadata.namespace) }
    }
}
