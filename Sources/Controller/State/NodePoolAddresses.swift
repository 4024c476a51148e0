import Addresses
import ClusterConfiguration
import KubernetesObjects

/// The resources that stand for what NodePools' annotations `openyurt.io/address-pools` say: for each NodePool an
/// IPAddressPool of its own and the L2Advertisement that lets its nodes announce it, so that speakers read one form only.
struct NodePoolAddresses {
    /// The labels of every resource made of an annotation, by which the controller knows its own.
    static let labels = [
        "app.kubernetes.io/managed-by": "toono-controller", "toono.io/nodepool-addresses": "true",
    ]

    private(set) var resources = ConfigurationResources()
    /// What is wrong, with the NodePool.
    private(set) var problems: [(nodePool: NodePool, text: String)] = []

    private let namespace: String
    /// What is somebody's already, with who that is.
    private var taken: [(owner: String, range: IPRange)]

    /// - Parameters:
    ///   - observed: all resources of the namespace. What an annotation that is not understood was before stays.
    init(of nodePools: some Sequence<NodePool>, observed: ConfigurationResources, namespace: String) {
        self.namespace = namespace
        taken = Self.entries(of: observed.pools.filter { !$0.metadata.carries(Self.labels) }) { "IPAddressPool \($0)" }
        for (nodePool, ranges) in read(nodePools, observed) {
            let owner = "NodePool \(nodePool.metadata.name)"
            let before = taken
            for range in ranges {
                if let other = taken.first(where: { $0.range.overlaps(range) }) {
                    problems.append((nodePool, "\(other.range) is of \(other.owner) already"))
                    taken = before
                    break
                }
                taken.append((owner, range))
            }
            if taken.count > before.count { add(nodePool, ranges) } else { keep(nodePool, observed) }
        }
    }

    private static func entries(
        of pools: [IPAddressPool], _ owner: (String) -> String
    ) -> [(owner: String, range: IPRange)] {
        pools.flatMap { pool in
            (pool.spec.addresses ?? []).compactMap { text in
                (try? PoolEntry.range(text)).map { (owner(pool.metadata.name), $0) }
            }
        }
    }

    /// The NodePools with ranges, in the order in which they get them: first those that have them already.
    private mutating func read(
        _ nodePools: some Sequence<NodePool>, _ observed: ConfigurationResources
    ) -> [(NodePool, [IPRange])] {
        var present: [(NodePool, [IPRange])] = []
        var fresh: [(NodePool, [IPRange])] = []
        for nodePool in nodePools.sorted(by: { $0.metadata.name < $1.metadata.name }) {
            guard let text = nodePool.metadata.annotations[OpenYurt.addressPools] else { continue }
            do throws(PoolEntry.Problem) {
                let ranges = try Self.ranges(text)
                if ranges.isEmpty { continue }
                let made = observed.pools.first {
                    $0.metadata.name == Self.name(of: nodePool) && $0.metadata.carries(Self.labels)
                }
                let hasThem = made?.spec.addresses == Self.addresses(ranges)
                if hasThem { present.append((nodePool, ranges)) } else { fresh.append((nodePool, ranges)) }
            } catch {
                problems.append((nodePool, "\"\(text.prefix(100))\" \(error.message)"))
                keep(nodePool, observed)
            }
        }
        return present + fresh
    }

    private static func addresses(_ ranges: [IPRange]) -> [String] { ranges.map { "\($0.first)-\($0.last)" } }

    /// Leaves what was made for a NodePool as it is.
    private mutating func keep(_ nodePool: NodePool, _ observed: ConfigurationResources) {
        let name = Self.name(of: nodePool)
        let made = Self.made(among: observed)
        let pools = made.pools.filter { $0.metadata.name == name }
        resources.pools += pools
        taken += Self.entries(of: pools) { _ in "NodePool \(nodePool.metadata.name)" }
        resources.layer2Advertisements += made.layer2Advertisements.filter { $0.metadata.name == name }
    }

    /// The resources that were made of annotations before.
    static func made(among observed: ConfigurationResources) -> ConfigurationResources {
        ConfigurationResources(
            pools: observed.pools.filter { $0.metadata.carries(labels) },
            layer2Advertisements: observed.layer2Advertisements.filter { $0.metadata.carries(labels) })
    }

    private static func name(of nodePool: NodePool) -> String { "nodepool-" + nodePool.metadata.name }

    private mutating func add(_ nodePool: NodePool, _ ranges: [IPRange]) {
        var labels = Self.labels
        labels[NodePoolBinding.label] = nodePool.metadata.name
        let metadata = ObjectMeta(name: Self.name(of: nodePool), namespace: namespace, labels: labels)
        resources.pools.append(
            IPAddressPool(
                metadata: metadata,
                spec: IPAddressPool.Spec(addresses: Self.addresses(ranges))))
        let nodes = LabelSelector(matchLabels: [OpenYurt.nodePoolLabel: nodePool.metadata.name])
        resources.layer2Advertisements.append(
            L2Advertisement(
                metadata: metadata,
                spec: L2Advertisement.Spec(ipAddressPools: [metadata.name], nodeSelectors: [nodes])))
    }

    /// The ranges of an annotation: prefixes, single addresses, and ranges without their last address.
    ///
    /// The draft that the annotation comes from (openyurtio/openyurt#2036) leaves the end of a range out, the proposal
    /// before it does not. To leave out an address that was meant costs one address; to give one that was not meant may
    /// take it from a machine. A range with equal ends is that address.
    static func ranges(_ text: String) throws(PoolEntry.Problem) -> [IPRange] {
        var ranges: [IPRange] = []
        for part in text.split(separator: ",") {
            let entry = part.filter { !$0.isWhitespace }
            if entry.isEmpty { continue }
            if let address = IPAddress(entry) {
                ranges.append(IPRange(address))
                continue
            }
            let range = try PoolEntry.range(entry)
            ranges.append(entry.contains("-") ? range.withoutLast ?? range : range)
        }
        return ranges
    }
}
