import ClusterConfiguration
import KubernetesObjects
import LegacyConfiguration
import PositionedYAML

/// What files hold, and where each object stands.
struct FileContents {
    let legacyConfigMap: String
    /// Replaces the namespaces of what a legacy configuration becomes.
    let namespace: String?
    /// True if resources are passed over, right or wrong.
    let isLegacyOnly: Bool
    var problems: [FileProblem] = []
    /// What legacy configurations became.
    var legacyResources = ConfigurationResources()
    /// How many legacy configurations there were, right or wrong.
    var legacyCount = 0
    private var resources = ConfigurationResources()
    private var sources: [Key: Source] = [:]

    init(legacyConfigMap: String, namespace: String? = nil, isLegacyOnly: Bool = false) {
        self.legacyConfigMap = legacyConfigMap
        self.namespace = namespace
        self.isLegacyOnly = isLegacyOnly
    }

    /// What tells an object from all others.
    struct Key: Hashable {
        var kind: String
        var object: ObjectKey

        init<Object: KubernetesObject>(_ object: Object) {
            kind = Object.kind
            self.object = object.key
        }

        init(_ problem: ConfigurationProblem) {
            kind = problem.kind
            object = problem.object
        }
    }

    /// Where an object was written.
    private struct Source {
        var file: String
        var document: YAMLNode
        /// Paths of values that are no values of their fields' types, so that nothing more can be said of them.
        var unreadable: Set<String> = []
    }

    /// True if there was nothing to check.
    var isEmpty: Bool { sources.isEmpty && legacyCount == 0 }

    mutating func read(_ file: ConfigurationFile) {
        do throws(YAMLProblem) {
            for document in try YAMLStream.documents(file.text) { read(document, in: file) }
        } catch {
            problems.append(FileProblem(file: file.name, line: error.position.line, message: error.message))
        }
    }

    /// Checks what was read together, a namespace at a time, as a load balancer sees only its own.
    mutating func resolve() {
        let namespaces = Set(sources.keys.map(\.object.namespace)).union(
            legacyResources.pools.map(\.metadata.namespace))
        // Who leaves the namespace out means the one that the rest is in.
        let groups = namespaces.subtracting([""]).count <= 1 ? [namespaces] : namespaces.map { [$0] }
        for group in groups {
            let resolution = Configuration.resolve(
                resources.merged(with: legacyResources).filtered { group.contains($0.metadata.namespace) })
            for problem in resolution.problems { append(problem, isWarning: false) }
            for problem in resolution.warnings { append(problem, isWarning: true) }
        }
    }

    private mutating func append(_ problem: ConfigurationProblem, isWarning: Bool) {
        guard let source = sources[Key(problem)] else { return }
        if source.unreadable.contains(problem.field) { return }
        problems.append(
            FileProblem(
                file: source.file, line: source.document.position(ofPath: problem.field).line,
                object: "\(problem.kind) \(problem.object.name)", field: problem.field,
                message: problem.value.map { "\"\($0)\" \(problem.message)" } ?? problem.message, isWarning: isWarning))
    }

    private mutating func read(_ document: YAMLNode, in file: ConfigurationFile) {
        guard let kind = document["kind"]?.scalar?.text, let version = document["apiVersion"]?.scalar?.text else {
            return readWithoutKind(document, in: file)
        }
        switch (version, kind) {
        case ("v1", "List"):
            for item in document["items"]?.elements ?? [] { read(item, in: file) }
        case ("v1", "ConfigMap"):
            if document["metadata"]?["name"]?.scalar?.text == legacyConfigMap { readConfigMap(document, in: file) }
        case _ where isLegacyOnly: break
        case (IPAddressPool.apiVersion, IPAddressPool.kind): add(document, in: file, to: \.pools)
        case (L2Advertisement.apiVersion, L2Advertisement.kind): add(document, in: file, to: \.layer2Advertisements)
        case (BGPAdvertisement.apiVersion, BGPAdvertisement.kind): add(document, in: file, to: \.bgpAdvertisements)
        case (BGPPeer.apiVersion, BGPPeer.kind), ("metallb.io/v1beta1", BGPPeer.kind):
            add(document, in: file, to: \.bgpPeers)
        case (BFDProfile.apiVersion, BFDProfile.kind): add(document, in: file, to: \.bfdProfiles)
        case (Community.apiVersion, Community.kind): add(document, in: file, to: \.communities)
        case ("metallb.io/v1beta1", ServiceL2Status.kind), ("metallb.io/v1beta1", ServiceBGPStatus.kind),
            ("metallb.io/v1beta1", ConfigurationState.kind):
            break  // Reports, not configuration.
        default:
            if version.hasPrefix("metallb.io/") { refuseKind(version, kind, document, in: file) }
        }
    }

    private mutating func refuseKind(
        _ version: String, _ kind: String, _ document: YAMLNode, in file: ConfigurationFile
    ) {
        let message =
            kind == "AddressPool"
            ? "MetalLB itself dropped this kind: write an IPAddressPool and an L2Advertisement or BGPAdvertisement"
            : "there is no such kind or version of it"
        problems.append(
            FileProblem(
                file: file.name, line: document.position(ofPath: "kind").line, object: "\(version) \(kind)",
                message: message))
    }

    /// What has no kind can be the bare text of a legacy configuration; anything else is nothing that a cluster takes.
    private mutating func readWithoutKind(_ document: YAMLNode, in file: ConfigurationFile) {
        let legacyKeys: Set = ["peers", "bgp-communities", "address-pools", "bfd-profiles"]
        if document.entries?.contains(where: { legacyKeys.contains($0.key) }) == true {
            addLegacy(file.text, namespace: "", document, in: file) { $0 }
        } else if !isLegacyOnly {
            problems.append(
                FileProblem(
                    file: file.name, line: document.position.line, message: "an object needs apiVersion and kind"))
        }
    }

    private mutating func add<Object: KubernetesObject>(
        _ document: YAMLNode, in file: ConfigurationFile, to list: WritableKeyPath<ConfigurationResources, [Object]>
    ) {
        let (object, found) = NodeDecoder.decode(Object.self, from: document)
        let name = object?.metadata.name ?? ""
        let label = "\(Object.kind) \(name)"
        for problem in found {
            problems.append(
                FileProblem(
                    file: file.name, line: problem.position.line, object: label, field: problem.path,
                    message: problem.message))
        }
        guard let object else { return }
        if name.isEmpty {
            problems.append(
                FileProblem(
                    file: file.name, line: document.position(ofPath: "metadata").line, object: label,
                    field: "metadata.name", message: "is missing"))
        }
        let key = Key(object)
        if let earlier = sources[key] {
            problems.append(
                FileProblem(
                    file: file.name, line: document.position(ofPath: "metadata.name").line, object: label,
                    field: "metadata.name",
                    message: "stands in \(earlier.file):\(earlier.document.position.line) as well"))
            return
        }
        sources[key] = Source(file: file.name, document: document, unreadable: Set(found.map(\.path)))
        resources[keyPath: list].append(object)
    }
}

extension FileContents {
    private mutating func readConfigMap(_ document: YAMLNode, in file: ConfigurationFile) {
        guard let node = document["data"]?[LegacyConfiguration.dataKey], let scalar = node.scalar else {
            problems.append(
                FileProblem(
                    file: file.name, line: document.position(ofPath: "data").line,
                    object: "ConfigMap \(legacyConfigMap)", field: "data.\(LegacyConfiguration.dataKey)",
                    message: "is missing"))
            return
        }
        let namespace = document["metadata"]?["namespace"]?.scalar?.text ?? ""
        addLegacy(scalar.text, namespace: namespace, document, in: file) { line in
            // Only in a literal block is a line of the text a line of the file.
            scalar.style == .literal ? node.position.line + line : node.position.line
        }
    }

    private mutating func addLegacy(
        _ text: String, namespace: String, _ document: YAMLNode, in file: ConfigurationFile, line: (Int) -> Int
    ) {
        legacyCount += 1
        switch LegacyConfiguration.resources(from: text, namespace: self.namespace ?? namespace) {
        case .success(let made):
            legacyResources = legacyResources.merged(with: made)
            // What only shows beside other resources is told where the legacy configuration begins.
            for key in made.keys where sources[key] == nil {
                sources[key] = Source(file: file.name, document: document)
            }
        case .failure(let invalid):
            for problem in invalid.problems {
                problems.append(
                    FileProblem(
                        file: file.name, line: line(problem.line), field: problem.path, message: problem.message))
            }
        }
    }
}

extension ConfigurationResources {
    /// Both together.
    func merged(with other: ConfigurationResources) -> ConfigurationResources {
        ConfigurationResources(
            pools: pools + other.pools, layer2Advertisements: layer2Advertisements + other.layer2Advertisements,
            bgpAdvertisements: bgpAdvertisements + other.bgpAdvertisements, bgpPeers: bgpPeers + other.bgpPeers,
            bfdProfiles: bfdProfiles + other.bfdProfiles, communities: communities + other.communities)
    }

    /// What tells each of them from all others.
    var keys: [FileContents.Key] {
        pools.map { FileContents.Key($0) } + layer2Advertisements.map { FileContents.Key($0) }
            + bgpAdvertisements.map { FileContents.Key($0) } + bgpPeers.map { FileContents.Key($0) }
            + bfdProfiles.map { FileContents.Key($0) } + communities.map { FileContents.Key($0) }
    }

    /// Those that fulfil a condition.
    func filtered(_ isIncluded: (any KubernetesObject) -> Bool) -> ConfigurationResources {
        ConfigurationResources(
            pools: pools.filter(isIncluded), layer2Advertisements: layer2Advertisements.filter(isIncluded),
            bgpAdvertisements: bgpAdvertisements.filter(isIncluded), bgpPeers: bgpPeers.filter(isIncluded),
            bfdProfiles: bfdProfiles.filter(isIncluded), communities: communities.filter(isIncluded))
    }
}
