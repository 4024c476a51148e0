import KubernetesObjects

/// The lab's Kubernetes API as a value: requests in, answers out, without socket, clock or random source of its own.
///
/// All writes go through `handle`; whatever they cause (garbage collection, emptied namespaces, controllers) has
/// happened when it returns.
package struct LabCluster: Sendable {
    package var store: Store
    package var registry: any ResourceCatalog
    package var random: any RandomNumberGenerator & Sendable
    /// Nil makes everybody an administrator.
    package var tokens: TokenFile?
    /// What `/api` tells clients to connect to: `192.0.2.1:6443`.
    package var serverAddress: String
    private let controllers: [any LabController]
    /// Stored, but not yet shown to the controllers.
    var pending: [StoredChange] = []
    /// The storages that the last request changed, for waking watches.
    package internal(set) var touched: Set<StorageKey> = []

    package init(
        store: Store = Store(), registry: any ResourceCatalog, controllers: [any LabController] = [],
        random: any RandomNumberGenerator & Sendable, tokens: TokenFile? = nil, serverAddress: String = ""
    ) {
        self.store = store
        self.registry = registry
        self.controllers = controllers
        self.random = random
        self.tokens = tokens
        self.serverAddress = serverAddress
    }

    /// Answers a request and lets everything happen that follows from it.
    package mutating func handle(_ request: APIRequest, at now: Timestamp) -> APIResponse {
        handle(request, as: nil, at: now)
    }

    /// `user` nil has the request say who asks.
    mutating func handle(_ request: APIRequest, as user: User?, at now: Timestamp) -> APIResponse {
        touched = []
        var response: APIResponse
        do {
            response = try respond(to: request, as: user, at: now)
        } catch {
            response = APIResponse(error)
        }
        settle(at: now)
        if Self.wantsPretty(request), case .bytes(let bytes) = response.body,
            response.headers.contains(where: { $0.name == "content-type" && $0.value.hasPrefix("application/json") }),
            let document = try? JSONReader.read(bytes).value
        {
            var writer = JSONWriter(pretty: true)
            writer.write(document)
            response.body = .bytes(writer.bytes + [0x0A])
        }
        return response
    }

    private mutating func respond(
        to request: APIRequest, as user: User?, at now: Timestamp
    ) throws(APIStatus) -> APIResponse {
        if let answer = publicAnswer(to: request) { return answer }
        let user = if let user { user } else { try authenticate(request) }
        if let answer = try documentAnswer(to: request, user: user) { return answer }
        guard let call = call(for: request, user: user, at: now) else { throw .noSuchPath }
        try authorize(call)
        return try perform(call)
    }

    private func call(for request: APIRequest, user: User, at now: Timestamp) -> Call? {
        guard let target = RequestTarget(path: request.path),
            let resource = registry.resource(group: target.group, version: target.version, plural: target.plural),
            let behavior = registry.behavior(of: resource)
        else { return nil }
        // A namespaced object has no path outside a namespace, and one of the cluster none inside.
        switch resource.scope {
        case .cluster where target.namespace != nil: return nil
        case .namespaced where target.namespace == nil && target.name != nil: return nil
        case .cluster, .namespaced: break
        }
        return Call(
            request: request, target: target, resource: resource, storage: registry.storage(of: resource),
            behavior: behavior, user: user, now: now)
    }

    /// The one place where verbs meet handlers.
    private mutating func perform(_ call: Call) throws(APIStatus) -> APIResponse {
        let verb = call.verb
        if call.target.subresource != nil, call.allowedVerbs.isEmpty { throw .noSuchPath }
        let needsName = verb == "update" || verb == "patch"
        let forbidsName = verb == "create" && call.target.subresource == nil
        guard call.allowedVerbs.contains(verb), call.target.name != nil ? !forbidsName : !needsName else {
            throw APIStatus(
                code: 405, reason: "MethodNotAllowed",
                message: "the server does not allow this method on the requested resource", details: .init())
        }
        let form = try Representation(accept: call.request.headers["accept"])
        if let review = try accessReview(call) { return review }
        switch (verb, call.target.subresource) {
        case ("get", "scale"), ("update", "scale"), ("patch", "scale"): return try scale(call, verb: verb)
        case ("get", _): return try get(call, form)
        case ("list", _): return try list(call, form)
        case ("watch", _): return try watch(call, form)
        case ("create", nil): return try create(call, form)
        case ("update", _): return try update(call, form)
        case ("patch", _): return try patch(call, form)
        case ("delete", nil): return try delete(call)
        case ("deletecollection", nil): return try deleteCollection(call)
        default: throw .noSuchPath
        }
    }

    /// Lets controllers see every change, and their writes go the same way, until nothing changes any more. What a
    /// controller that never rests would do beyond the bound is done after the next request.
    private mutating func settle(at now: Timestamp) {
        var budget = 100_000
        while !pending.isEmpty, budget > 0 {
            let changes = pending
            pending = []
            for change in changes {
                touched.insert(change.key.storage)
                collect(after: change, at: now)
                budget -= 1
            }
            for controller in controllers {
                for var request in controller.requests(after: changes, stored: store, now: now) {
                    request.headers["user-agent"] = controller.name
                    perform(request, at: now)
                    budget -= 1
                }
            }
        }
    }

    /// Carries out a request of the cluster itself. A refusal is a race that was lost to another change, which the
    /// controller hears of too.
    mutating func perform(_ request: APIRequest, at now: Timestamp) {
        guard let call = call(for: request, user: .administrator, at: now) else { return }
        _ = try? perform(call)
    }

    /// People's tools get readable JSON, as from kube-apiserver.
    private static func wantsPretty(_ request: APIRequest) -> Bool {
        if let parameter = request.parameter("pretty") { return parameter != "false" && parameter != "0" }
        let agent = request.headers["user-agent"] ?? ""
        return ["curl", "Wget", "Mozilla/5.0"].contains { agent.hasPrefix($0) }
    }
}
