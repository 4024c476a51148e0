import Addresses
import KubernetesObjects

/// Follows who announces what, look by look, and says what changed: what `toonoctl watch` shows. It reads no clock and
/// writes nothing.
package struct LiveView: Sendable {
    /// The changes that a screen keeps.
    static let keptChanges = 200

    var addresses: [ObjectKey: [String]] = [:]
    var places: [LivePlace: LiveOwners] = [:]
    var sessions: [SessionKey: Standing] = [:]
    var peers: [PeerKey: Standing] = [:]
    /// The newest last.
    private(set) var changes: [LiveChange] = []
    /// Why the API server is not heard; nil while it is.
    private(set) var outage: String?
    private var hasLooked = false

    /// A session of a node with a router.
    struct SessionKey: Hashable, Comparable {
        var peer: String
        var node: String

        static func < (left: Self, right: Self) -> Bool { (left.peer, left.node) < (right.peer, right.node) }
    }

    /// A speaker that another one hears on a link.
    struct PeerKey: Hashable {
        var speaker: String
        var link: String
        var peer: String
    }

    /// Whether a session, or a peer, is up, and since when.
    struct Standing: Hashable {
        var isUp: Bool
        var detail: String?
        var since: LiveMoment
    }

    package init() {}

    /// Takes in what the API holds now. The first look finds, those after it tell of changes.
    package mutating func observe(_ look: LiveLook, at moment: LiveMoment) -> [LiveChange] {
        var news: [LiveChange] = []
        let before = addresses
        addresses = Dictionary(
            look.services.filter { $0.isLoadBalancer && !$0.addresses.isEmpty }
                .map { ($0.key, $0.addresses.map(\.description)) }, uniquingKeysWith: { _, last in last })
        if hasLooked { news += allocations(since: before, at: moment) }
        let present = Self.places(Announcers(look.layer2Statuses, look.bgpStatuses))
        for place in Set(present.keys).union(places.keys).sorted() {
            news += update(place, to: present[place] ?? [], at: moment)
        }
        hasLooked = true
        return keep(news)
    }

    /// Takes in an event of the API. Those of others than Toono are passed over.
    package mutating func observe(_ event: EventRecord, at moment: LiveMoment) -> [LiveChange] {
        guard let component = event.source?.component, component.hasPrefix("toono-"), let object = event.involvedObject
        else { return [] }
        let isSession = event.reason == "sessionUp" || event.reason == "sessionDown"
        guard isSession, let node = event.source?.host else {
            // Moves are told by the speakers' reports, with from and to.
            if event.reason == "nodeAssigned" { return [] }
            let text = [event.type == "Warning" ? "warning" : nil, event.reason, event.message].compactMap(\.self)
            return keep([
                LiveChange(
                    time: moment.clock, change: .event, subject: object.description,
                    message: text.joined(separator: " "))
            ])
        }
        return keep(
            set(
                SessionKey(peer: object.name ?? "?", node: node), isUp: event.reason == "sessionUp",
                detail: event.message, at: moment))
    }

    /// Takes in an event from before the beginning, the oldest first: it says how sessions stand, and is no news.
    package mutating func recall(_ event: EventRecord, at moment: LiveMoment) {
        let kept = changes
        _ = observe(event, at: moment)
        changes = kept
    }

    /// Takes in what a speaker shows of itself.
    package mutating func observe(_ speaker: SpeakerView, at moment: LiveMoment) -> [LiveChange] {
        var news: [LiveChange] = []
        for link in speaker.links ?? [] {
            for peer in link.peers ?? [] {
                let key = PeerKey(speaker: speaker.name, link: link.name, peer: peer.node)
                let isUp = peer.isLive ?? false
                guard peers[key]?.isUp != isUp else { continue }
                // A peer that was never heard is no news.
                let isNews = peers[key] != nil || isUp && !isFirst(speaker)
                peers[key] = Standing(isUp: isUp, detail: peer.state, since: moment)
                guard isNews else { continue }
                news.append(
                    LiveChange(
                        time: moment.clock, change: isUp ? .peerUp : .peerDown, subject: speaker.name, node: peer.node,
                        via: link.name, message: isUp ? nil : peer.state))
            }
        }
        for session in speaker.sessions ?? [] {
            let isUp = session.state == "established"
            let words = [session.state, session.obstacle ?? (isUp ? nil : session.lastError)].compactMap(\.self)
            news += set(
                SessionKey(peer: session.peer, node: speaker.name), isUp: isUp,
                detail: words.joined(separator: ": "), at: moment)
        }
        return keep(news)
    }

    /// The connection to the API server: nil is well.
    package mutating func connection(_ problem: String?, at moment: LiveMoment) -> [LiveChange] {
        guard (outage == nil) != (problem == nil) else {
            outage = problem
            return []
        }
        outage = problem
        return keep([
            LiveChange(
                time: moment.clock, change: problem == nil ? .online : .offline, subject: "API server", message: problem
            )
        ])
    }

    // MARK: - What changed

    /// Reports whose interfaces, or peers, are not written yet are looked at when they are.
    private static func places(_ announcers: Announcers) -> [LivePlace: Set<String>] {
        var places: [LivePlace: Set<String>] = [:]
        for (service, announcers) in announcers.byService {
            for announcer in announcers {
                for via in announcer.via {
                    places[LivePlace(service: service, method: announcer.method, via: via), default: []]
                        .insert(announcer.node)
                }
            }
        }
        return places
    }

    private mutating func update(_ place: LivePlace, to nodes: Set<String>, at moment: LiveMoment) -> [LiveChange] {
        let before = places[place]
        guard before?.nodes != nodes, before != nil || !nodes.isEmpty else { return [] }
        let held = before?.nodes ?? []
        let former = held.isEmpty ? before?.former ?? [] : held
        places[place] = LiveOwners(nodes: nodes, former: nodes.isEmpty ? former : [], since: moment)
        if nodes.isEmpty, addresses[place.service] == nil { places[place] = nil }
        func change(_ kind: LiveChange.Kind, node: String? = nil, from: Set<String> = []) -> LiveChange {
            LiveChange(
                time: moment.clock, change: kind, subject: place.service.description,
                addresses: addresses[place.service] ?? [], node: node, from: from.sorted(), method: place.method,
                via: place.via)
        }
        let arrived = nodes.subtracting(held).sorted()
        guard hasLooked else { return arrived.map { change(.found, node: $0) } }
        // To a router each node announces for itself; on a link one does.
        if place.method == .bgp {
            return arrived.map { change(.announced, node: $0) }
                + held.subtracting(nodes).sorted().map { change(.withdrawn, from: [$0]) }
        }
        if nodes.isEmpty { return [change(.withdrawn, from: held)] }
        return arrived.map { node in
            let others = former.subtracting([node])
            return others.isEmpty ? change(.announced, node: node) : change(.moved, node: node, from: others)
        }
    }

    private func allocations(since before: [ObjectKey: [String]], at moment: LiveMoment) -> [LiveChange] {
        Set(before.keys).union(addresses.keys).sorted().flatMap { key in
            let old = before[key] ?? []
            let new = addresses[key] ?? []
            let gone = old.filter { !new.contains($0) }
            let fresh = new.filter { !old.contains($0) }
            return [(LiveChange.Kind.released, gone), (.allocated, fresh)].filter { !$0.1.isEmpty }.map {
                LiveChange(time: moment.clock, change: $0.0, subject: key.description, addresses: $0.1)
            }
        }
    }

    private mutating func set(
        _ key: SessionKey, isUp: Bool, detail: String?, at moment: LiveMoment
    ) -> [LiveChange] {
        if sessions[key]?.isUp == isUp {
            sessions[key]?.detail = detail
            return []
        }
        sessions[key] = Standing(isUp: isUp, detail: detail, since: moment)
        return [
            LiveChange(
                time: moment.clock, change: isUp ? .sessionUp : .sessionDown, subject: key.peer, node: key.node,
                message: detail)
        ]
    }

    private func isFirst(_ speaker: SpeakerView) -> Bool { !peers.keys.contains { $0.speaker == speaker.name } }

    private mutating func keep(_ news: [LiveChange]) -> [LiveChange] {
        changes += news.filter { $0.change != .found }
        if changes.count > Self.keptChanges { changes.removeFirst(changes.count - Self.keptChanges) }
        return news
    }
}
