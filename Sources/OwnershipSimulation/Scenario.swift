package import Addresses
package import Ownership
import Ranking

/// What a simulation begins with: nodes, VIPs, link, and what goes wrong when.
package struct Scenario: Sendable {
    /// The number of nodes; they are called `node-1` … where `names` says nothing else.
    package var nodes = 3
    /// The number of VIPs.
    package var vips = 4
    /// The link.
    package var link = SimulatedLink()
    /// Other names of nodes, by index.
    package var names: [Int: String] = [:]
    /// Whether members speak by IPv6. VIPs are of both families in any case.
    package var isIPv6 = false
    /// The hello interval and multiplier of all nodes.
    package var helloInterval: Duration = .milliseconds(100)
    package var multiplier = 3
    /// Nodes with another hello interval, by index.
    package var helloIntervals: [Int: Duration] = [:]
    /// Whether the link has a gateway that answers.
    package var hasGateway = true
    /// Faults, in any order.
    package var faults: [ScheduledFault] = []
    /// Nodes that come late: index and moment. All others start at 0 within 100 ms.
    package var lateStarts: [Int: Duration] = [:]
    /// The share of process starts that find no snapshot.
    package var snapshotLoss = 0.0
    /// What nodes find when they boot for the first time.
    package var snapshots: [Int: OwnershipSnapshot] = [:]
    /// The key that a node begins with, where it is not the common one.
    package var keys: [Int: OwnershipKeys] = [:]
    /// The longest time that a VIP may be without an answer although a node could; nil where that is not judged.
    package var outageBound: Duration?
    /// Seeds everything that is random.
    package var seed: UInt64 = 1

    /// A scenario without faults.
    package init() {}

    /// The VIP of an index: IPv4 for even ones, IPv6 for odd ones.
    package static func vip(_ index: Int) -> IPAddress {
        index.isMultiple(of: 2)
            ? IPAddress(v4: 0x0A14_0001 + UInt32(index))
            : IPAddress(v6: 0x2001_0DB8_0000_0000_0000_0000_0000_0001 + UInt128(index))
    }

    /// The name of a node.
    package func name(_ index: Int) -> String { names[index] ?? "node-\(index + 1)" }

    /// The address that a node's datagrams come from.
    package func address(_ index: Int) -> IPAddress {
        isIPv6
            ? IPAddress(v6: 0xFE80_0000_0000_0000_0000_0000_0000_0001 + UInt128(index))
            : IPAddress(v4: 0x0A00_0001 + UInt32(index))
    }

    /// The configuration that all nodes share.
    package func view(skewed: Bool = false, of node: Int = 0, eligible: Bool = true) -> VIPView {
        let candidates = (0..<nodes).map { index in
            Candidate(name(index), score: skewed && index == node ? 100 : 0)
        }
        return VIPView(candidates: candidates, eligibility: eligible ? .eligible : .notEligible(reason: "test"))
    }

    /// When the last fault is over, and what a history begins with.
    package var quietAt: Duration { max(faults.map(\.end).max() ?? .zero, HistoryRecord.beginning) }

    /// After the last fault the link has so long to come to rest (I1).
    var convergenceBound: Duration { .seconds(8) }

    /// The datagrams that a node sends a second at rest, at most: a hello each interval, drawn from 0.9 to 1 of it, and
    /// a call by unicast now and then to members that are not there.
    func hellosPerSecond(of node: Int) -> Double {
        let interval = Double(nanoseconds(helloIntervals[node] ?? helloInterval)) / 1e9
        return 1 / (0.9 * interval) + 0.1 * Double(nodes)
    }
}
