import Addresses
import BGP
import BGPTransport
import NIOCore
import TestSupport

/// A router and one of our speakers on a LAN, set up for each other.
final class RouterPair: Sendable {
    let lan: TestLAN
    let router: any Router
    let speaker: TestSpeaker
    private let endpoint: PeerEndpoint
    private let families: Set<AddressFamily>

    /// Starts the router; the speaker waits for `establish`.
    /// - Parameter change: what the speaker's configuration has beyond the defaults.
    init(
        _ kind: RouterKind, _ settings: RouterSettings = RouterSettings(),
        distance: PeerEndpoint.Distance = .direct, password: String? = nil,
        _ change: (inout PeerConfiguration) -> Void = { _ in }
    ) async throws {
        lan = try await TestLAN(stations: 2)
        router = try await kind.start(in: lan.stations[1], settings)
        var endpoint = PeerEndpoint(address: addressOf(settings.near))
        endpoint.distance = distance
        endpoint.password = password.flatMap { TCPPassword($0) }
        self.endpoint = endpoint
        families = Set(settings.families.map { AddressFamily($0) })
        var configuration = PeerConfiguration.external(families)
        change(&configuration)
        speaker = try await TestSpeaker(in: lan.node, to: endpoint, configuration)
    }

    /// Another speaker in the place of the first, which is gone.
    func successor(_ change: (inout PeerConfiguration) -> Void = { _ in }) async throws -> TestSpeaker {
        var configuration = PeerConfiguration.external(families)
        change(&configuration)
        return try await TestSpeaker(in: lan.node, to: endpoint, configuration)
    }

    /// Announces prefixes in text.
    func announce(_ prefixes: [String], _ attributes: RouteAttributes = .none) async throws {
        try await speaker.routes { table in
            for prefix in prefixes.compactMap({ IPPrefix($0) }) { table.announce(prefix, attributes) }
        }
    }

    /// Starts the speaker, waits until both ends call the session established, and returns what was agreed on.
    @discardableResult
    func establish() async throws -> SessionTerms {
        try await speaker.start()
        let terms = try await speaker.established()
        guard try await eventually({ try await self.router.isEstablished }) else {
            throw RouterFailure(words: "the router does not call the session established: \(try await router.log)")
        }
        return terms
    }

    /// The route as the router shows it once it does, and once it is so.
    func route(_ prefix: String, where isSo: (ShownRoute) -> Bool = { _ in true }) async throws -> ShownRoute? {
        var found: ShownRoute?
        _ = try await eventually {
            found = try await router.route(prefix).flatMap { isSo($0) ? $0 : nil }
            return found != nil
        }
        return found
    }

    /// True once the router has no such route.
    func isGone(_ prefix: String) async throws -> Bool {
        try await eventually { try await router.route(prefix) == nil }
    }

    /// Ends the speaker.
    func close() async throws { try await speaker.close() }
}
