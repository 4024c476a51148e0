import KubernetesObjects

extension LiveView {
    /// The view as it fits a terminal: what is announced where, sessions with routers, the last changes below.
    ///
    /// - Parameters:
    ///   - server: shown in the first line.
    ///   - columns: longer lines are cut, so that none wraps.
    ///   - rows: the lines that there are; the owners get what changes leave, at least half.
    package func screen(server: String, at moment: LiveMoment, columns: Int, rows: Int, isWide: Bool = false)
        -> [String]
    {
        let state = outage.map { "does not answer: \($0)" } ?? "answers"
        var lines = ["toono  \(moment.clock)  \(server) \(state)", ""]
        let owners = ownerLines(at: moment, isWide: isWide)
        let sessions = sessionLines(at: moment)
        let last = ["", "CHANGES"] + (changes.isEmpty ? ["none since the beginning"] : changes.map(\.text))
        let room = max(0, rows - lines.count)
        let upper = owners + (sessions.isEmpty ? [] : [""] + sessions)
        let lower = min(last.count, max(room - upper.count, room / 2))
        lines += Self.cut(upper, to: room - lower)
        // The newest changes are what is looked for.
        lines += lower >= 3 ? last.prefix(2) + last.dropFirst(2).suffix(lower - 2) : last.prefix(lower)
        return lines.prefix(rows).map { String($0.prefix(columns)) }
    }

    private func ownerLines(at moment: LiveMoment, isWide: Bool) -> [String] {
        let silent = addresses.keys.filter { key in !places.keys.contains { $0.service == key } }.map {
            [$0.description, list($0), "nobody", "", "", ""]
        }
        let rows = places.map { place, owners in
            [
                place.service.description, list(place.service),
                owners.nodes.isEmpty ? "nobody" : owners.nodes.sorted().joined(separator: ","), place.method.rawValue,
                place.via, Self.age(moment.elapsed - owners.since.elapsed),
            ]
        }
        guard !(silent + rows).isEmpty else { return ["no Service has an address"] }
        return Table(
            .init("SERVICE"), .init("ADDRESS"), .init("NODE"), .init("METHOD", isWide: true), .init("VIA"),
            .init("FOR"), rows: (silent + rows).sorted { ($0[0], $0[3], $0[4]) < ($1[0], $1[3], $1[4]) }
        ).lines(isWide: isWide)
    }

    private func sessionLines(at moment: LiveMoment) -> [String] {
        guard !sessions.isEmpty else { return [] }
        return Table(
            .init("PEER"), .init("NODE"), .init("SESSION"), .init("FOR"),
            rows: sessions.sorted { $0.key < $1.key }.map { key, standing in
                [
                    key.peer, key.node, standing.isUp ? "up" : "down",
                    Self.age(moment.elapsed - standing.since.elapsed),
                ]
            }
        ).lines(isWide: false)
    }

    private func list(_ service: ObjectKey) -> String { (addresses[service] ?? []).joined(separator: ",") }

    /// The first lines, and how many more there are.
    private static func cut(_ lines: [String], to count: Int) -> [String] {
        guard lines.count > count else { return lines }
        guard count > 0 else { return [] }
        return lines.prefix(count - 1) + ["… and \(lines.count - count + 1) more"]
    }

    /// `12s`, `3m`, `2h`, `5d`: what is short is what just happened.
    static func age(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        return switch seconds {
        case ..<120: "\(seconds)s"
        case ..<7200: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86400)d"
        }
    }
}
