import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects

/// `toonoctl status`: whether all is well, and what is not.
package struct StatusReport: Report {
    package var configuration: ConfigurationHealth
    package var pools: PoolReport
    /// Services that Toono serves.
    package var services: Int
    /// Those of them that are announced.
    package var announced: Int
    /// The others, in order of name.
    package var failing: [Failing]
    /// Nodes that do not announce as a whole, in order of name.
    package var restricted: [Restricted]
    package var nodes: Int

    /// What controller and speakers make of the configuration.
    package struct ConfigurationHealth: Sendable, Hashable, Encodable {
        package var isValid: Bool
        package var problems: [String]
        package var warnings: [String]
        /// Components that report something else than `Valid`, with what they say.
        package var complaints: [String]
    }

    /// A Service without an address, or one that nobody announces.
    package struct Failing: Sendable, Hashable, Encodable {
        package var service: String
        package var addresses: [String]
        package var cause: Explanation.Cause
    }

    /// A node that takes no part.
    package struct Restricted: Sendable, Hashable, Encodable {
        package var node: String
        /// `drained`, `excluded`, `networkUnavailable`
        package var because: [String]
    }

    /// Restricted nodes are somebody's wish, and no fault.
    package var isHealthy: Bool {
        configuration.isValid && configuration.complaints.isEmpty && failing.isEmpty
    }

    package init(_ picture: ClusterPicture) {
        configuration = ConfigurationHealth(picture)
        pools = PoolReport(picture)
        let served = picture.served
        services = served.count
        failing = served.compactMap { service in
            picture.explain(service.key)?.cause.map {
                Failing(
                    service: service.key.description, addresses: service.addresses.map(\.description), cause: $0)
            }
        }
        announced = services - failing.count
        nodes = picture.nodes.count
        restricted = picture.nodes.compactMap { node in
            let because =
                (node.isDrained ? ["drained"] : []) + (node.isExcluded ? ["excluded"] : [])
                + (node.isNetworkUnavailable ? ["networkUnavailable"] : [])
            return because.isEmpty ? nil : Restricted(node: node.name, because: because)
        }
    }

    package func text(isWide: Bool) -> String {
        var lines = ["configuration: \(configuration.isValid ? "valid" : "INVALID, the last good one stays in force")"]
        lines += configuration.problems.map { "  \($0)" }
        lines += configuration.complaints.map { "  \($0)" }
        lines += configuration.warnings.map { "  warning: \($0)" }
        lines.append(pools.pools.isEmpty ? "pools: none" : "pools:")
        if !pools.pools.isEmpty { lines += pools.table.lines(isWide: isWide, indent: "  ") }
        lines.append("services: \(services), of which \(announced) are announced")
        if !failing.isEmpty {
            let table = Table(
                .init("SERVICE"), .init("ADDRESS"), .init("NOT ANNOUNCED BECAUSE"),
                rows: failing.map { [$0.service, $0.addresses.joined(separator: ","), $0.cause.text] })
            lines += table.lines(isWide: isWide, indent: "  ")
        }
        lines.append("nodes: \(nodes)" + (restricted.isEmpty ? "" : ", of which \(restricted.count) announce nothing"))
        if !restricted.isEmpty {
            let table = Table(
                .init("NODE"), .init("BECAUSE"),
                rows: restricted.map { [$0.node, $0.because.joined(separator: ", ")] })
            lines += table.lines(isWide: isWide, indent: "  ")
        }
        return lines.joined(separator: "\n")
    }
}

extension StatusReport.ConfigurationHealth {
    init(_ picture: ClusterPicture) {
        isValid = picture.resolution.configuration != nil && picture.objects.unreadable.isEmpty
        problems = picture.resolution.problems.map(\.description) + picture.objects.unreadable
        warnings = picture.resolution.warnings.map(\.description)
        let hasController = picture.objects.configurationStates.contains { $0.metadata.name == "controller" }
        complaints =
            (hasController ? [] : ["the controller has never reported here: is toono-controller running?"])
            + picture.objects.configurationStates.sorted { $0.key < $1.key }.compactMap { state in
                guard let result = state.status.result, result != "Valid" else { return nil }
                let name = state.metadata.name
                return state.status.errorSummary.map { "\(name) reports \(result): \($0)" }
                    ?? "\(name) reports \(result)"
            }
    }
}
