import KubernetesObjects
package import LabAPI

/// What a YurtHub does with each request (OpenYurt 1.7, `pkg/yurthub`): hands it on to the cloud, answers it from its
/// cache, or refuses it. A stand-in for the tests: the behaviour that a client meets, without TLS, filters and certificates.
package struct Hub: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package enum Decision: Sendable {
        case forward
        case answer(APIResponse)
        /// A watch that stays open and says nothing, until then at the latest.
        case hold(until: Instant)
    }

    /// Kinds that the multiplexer serves to every component from one memory (`poolScopeMetadata` of a NodePool).
    private static let poolScoped: Set<String> = ["services", "endpointslices"]
    private static let multiplexer = "multiplexer"
    /// Ends a watch whose client names no time.
    private static let longestWatch = 3600

    package let settings: HubSettings
    package private(set) var cache: HubCache
    package private(set) var health: HubHealth
    private var recoveredAt: Instant?

    package init(settings: HubSettings, cache: HubCache = HubCache(), isHealthy: Bool) {
        self.settings = settings
        self.cache = cache
        health = HubHealth(isHealthy: isHealthy)
    }

    /// - Returns: whether the cloud came or went by that.
    package mutating func probed(succeeded: Bool, at now: Instant) -> Bool {
        guard health.probed(succeeded: succeeded) else { return false }
        recoveredAt = health.isHealthy ? now : nil
        return true
    }

    // MARK: - Requests

    package func decide(_ request: APIRequest, at now: Instant) -> Decision {
        guard health.isHealthy else { return decideLocally(request, at: now) }
        switch phase(at: now) {
        case .staleTokens:
            return .answer(APIResponse(APIStatus(code: 401, reason: "Unauthorized", message: "Unauthorized")))
        case .warming:
            guard let asked = HubRequest(request), Self.isPoolScoped(asked) else { return .forward }
            return .answer(
                APIResponse(
                    APIStatus(
                        code: 429, reason: "TooManyRequests", message: "storage is (re)initializing",
                        details: .init(retryAfter: 1))))
        case .emptiness, .settled: return .forward
        }
    }

    /// The cloud could not be reached for a request that was handed on.
    package func failed(_ request: APIRequest) -> APIResponse {
        if let asked = HubRequest(request), asked.verb == .get || asked.verb == .list, let kept = kept(asked) {
            return APIResponse(json: kept)
        }
        return APIResponse(APIStatus(code: 502, reason: "", message: "bad gateway"))
    }

    /// The cloud answered a request that was handed on, but for a watch.
    /// - Returns: the body that the client gets.
    package mutating func answered(
        _ request: APIRequest, status: Int, body: [UInt8], at now: Instant
    ) -> [UInt8] {
        guard let asked = HubRequest(request), let slot = slot(of: asked) else { return body }
        if asked.verb == .list, status == 404 { cache.forget(slot) }
        guard status == 200, asked.verb == .get || asked.verb == .list, asked.target.subresource == nil,
            var value = try? JSONReader.read(body).value
        else { return body }
        if asked.verb == .get {
            cache.keep(object: value, for: slot)
            return body
        }
        if phase(at: now) == .emptiness {
            value["items"] = []
            return JSONWriter.bytes(value)
        }
        cache.keep(list: value, for: slot, shape: asked.shape)
        return body
    }

    /// One line of a watch that was handed on.
    package mutating func watched(_ request: APIRequest, line: [UInt8]) {
        guard let asked = HubRequest(request), let slot = slot(of: asked), let event = try? JSONReader.read(line).value
        else { return }
        cache.keep(event: event, for: slot, shape: asked.shape)
    }
}

// MARK: - Without a cloud

extension Hub {
    private func decideLocally(_ request: APIRequest, at now: Instant) -> Decision {
        guard let asked = HubRequest(request) else {
            return .answer(APIResponse(.badRequest("the request is not supported when the cluster is unhealthy")))
        }
        let target = asked.target
        switch asked.verb {
        case .watch:
            return .hold(until: now + .seconds(min(asked.timeout ?? Self.longestWatch, Self.longestWatch)))
        case .create:
            // The body comes back as if it had been created; nobody keeps it.
            return .answer(APIResponse(status: 201, jsonBytes: request.body))
        case .delete:
            return .answer(
                APIResponse(
                    .forbidden(
                        group: target.group, plural: target.plural, name: target.name ?? "",
                        because: "delete is not supported when the cluster is unhealthy")))
        case .get, .list, .update:
            // An update is answered with the object as it was: with success, and without effect.
            if let kept = kept(asked) { return .answer(APIResponse(json: kept)) }
            if asked.verb == .list { return .answer(APIResponse(.badRequest("no list of \(target.plural) is cached"))) }
            return .answer(
                APIResponse(.notFound(group: target.group, plural: target.plural, name: target.name ?? "")))
        }
    }

    private func kept(_ asked: HubRequest) -> JSONValue? {
        guard let slot = slot(of: asked) else { return nil }
        guard let name = asked.target.name else { return cache.list(slot, shape: asked.shape) }
        return cache.object(slot, namespace: asked.target.namespace, name: name)
    }

    /// Where the answer to a request is kept; nil for one that is not.
    private func slot(of asked: HubRequest) -> HubCache.Slot? {
        guard asked.wantsJSON else { return nil }
        let component: String
        if Self.isPoolScoped(asked) {
            component = Self.multiplexer
        } else if let named = asked.component, settings.cachedComponents.contains(named) {
            component = named
        } else {
            return nil
        }
        return HubCache.Slot(
            component: component, group: asked.target.group, version: asked.target.version,
            plural: asked.target.plural)
    }

    private static func isPoolScoped(_ asked: HubRequest) -> Bool {
        poolScoped.contains(asked.target.plural) && (asked.verb == .list || asked.verb == .watch)
    }
}

// MARK: - After a reconnection

extension Hub {
    private enum Phase { case staleTokens, warming, emptiness, settled }

    private func phase(at now: Instant) -> Phase {
        guard let recoveredAt else { return .settled }
        var since = now - recoveredAt
        for (phase, length) in [
            (Phase.staleTokens, settings.staleTokens), (.warming, settings.warming), (.emptiness, settings.emptiness),
        ] {
            if since < length { return phase }
            since -= length
        }
        return .settled
    }
}
