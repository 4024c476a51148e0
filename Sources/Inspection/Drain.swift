import Addresses
import Eligibility
import KubernetesObjects
import Reasons

/// Follows a node as it gives away what it announces: fed with the speakers' reports, look by look.
package struct Drain: Sendable {
    package let node: String
    /// Every Service that the node was seen to announce since the beginning.
    private var services: Set<ObjectKey>
    private var announcers: Announcers
    /// Looks in a row in which the node announced nothing.
    private var emptyLooks = 0

    /// A report of the successor may come a moment after the node's own is gone, and where no other node may announce it
    /// never comes.
    private static let patience = 8

    package init(node: String, before announcers: Announcers) {
        self.node = node
        self.announcers = announcers
        services = Set(announcers.services(of: node))
    }

    /// Takes in what the speakers report now.
    package mutating func observe(_ announcers: Announcers) {
        self.announcers = announcers
        let present = announcers.services(of: node)
        services.formUnion(present)
        emptyLooks = present.isEmpty ? emptyLooks + 1 : 0
    }

    /// True once the node announces nothing, in two looks in a row: a report that is replaced is gone for an instant.
    package var isDone: Bool {
        guard emptyLooks >= 2 else { return false }
        return emptyLooks >= Self.patience || services.allSatisfy { announcers.byService[$0]?.isEmpty == false }
    }

    /// What has moved where, and what has not.
    package func report(_ picture: ClusterPicture) -> DrainReport {
        DrainReport(
            node: node, isDrained: isDone,
            moves: services.sorted().map { key in
                let service = picture.service(key)
                let present = (announcers.byService[key] ?? []).filter { announcer in
                    service.map { picture.isOfSamePool(announcer.node, as: node, for: $0) } ?? true
                }
                return DrainReport.Move(
                    service: key.description,
                    addresses: service?.addresses.map(\.description) ?? [],
                    to: present.filter { $0.node != node }, isStillHere: present.contains { $0.node == node },
                    others: service.map { picture.nodesThatMay(announce: $0, without: node) } ?? [])
            })
    }
}

/// `toonoctl drain --undo`.
package struct DrainUndone: Report {
    package var node: String
    package var isDrained = false
    package var isHealthy: Bool { true }

    package init(node: String) { self.node = node }

    package func text(isWide: Bool) -> String { "\(node) may announce again" }
}

/// `toonoctl drain`: what came of it.
package struct DrainReport: Report {
    package var node: String
    package var isDrained: Bool
    /// In order of the Services' names.
    package var moves: [Move]

    /// One Service that the node announced.
    package struct Move: Sendable, Hashable, Encodable {
        package var service: String
        package var addresses: [String]
        /// Who announces it now, besides the node.
        package var to: [Announcer]
        /// True if the node still announces it.
        package var isStillHere: Bool
        /// The other nodes that may announce it, in order of name.
        package var others: [String]

        var state: String {
            if isStillHere {
                return others.isEmpty ? "still here: no other node may announce it" : "still here"
            }
            if !to.isEmpty { return "moved to " + to.map(\.description).joined(separator: ", ") }
            return others.isEmpty ? "withdrawn: no other node may announce it" : "withdrawn: nobody has taken it"
        }
    }

    /// A node that gave away all that it had is drained well, also where nobody could take it.
    package var isHealthy: Bool { isDrained }

    package func text(isWide: Bool) -> String {
        let result =
            isDrained ? "\(node) is drained: it announces nothing" : "\(node) still announces after the time given"
        guard !moves.isEmpty else { return isDrained ? "\(node) is drained: it announced nothing" : result }
        let table = Table(
            .init("SERVICE"), .init("ADDRESS"), .init("NOW"),
            rows: moves.map { [$0.service, $0.addresses.joined(separator: ","), $0.state] })
        return ([result] + table.lines(isWide: isWide)).joined(separator: "\n")
    }
}

extension ClusterPicture {
    /// The nodes that may announce a Service in the place of one, drained ones left out.
    func nodesThatMay(announce service: Service, without excluded: String) -> [String] {
        let verdicts = announcements(of: service).filter { $0.refusal(of: excluded)?.reason != .otherNodePool }
        return nodes.filter { node in
            node.name != excluded && !node.isDrained && !verdicts.isEmpty
                && verdicts.allSatisfy { $0.mayAnnounce(node.name) }
        }.map(\.name)
    }
}
