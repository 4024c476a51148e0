import KubernetesObjects
import Logging

extension Reflector {
    /// What one run holds.
    struct Run {
        let reflector: Reflector
        var session: ReflectorSession
        var pages = ListPage<Object>()
        /// Where the list was made, and so the watch is.
        var path: ResourcePath
        var complaints = UnreadableLog()
        /// An operator was told that the connection is down.
        var wasDown = false

        init(reflector: Reflector) {
            self.reflector = reflector
            session = ReflectorSession(policy: reflector.policy)
            path = ResourcePath(plural: reflector.resource.plural)
        }
    }
}

extension Reflector.Run {
    mutating func list(_ request: ListRequest) async -> ReflectorSessionEvent {
        let client = reflector.client
        if request.continueToken == nil {
            path = await client.path(of: reflector.resource)
            reflector.logger.debug("list", metadata: ["path": "\(path)", "reason": "\(request.reason)"])
        }
        do throws(KubernetesError) {
            let page = try await client.list(
                Object.self, at: path,
                ListOptions(
                    labelSelector: reflector.labelSelector, fieldSelector: reflector.fieldSelector,
                    limit: request.limit, continueToken: request.continueToken,
                    resourceVersion: request.resourceVersion))
            pages.objects += page.objects.lazy.map(reflector.digest)
            pages.unreadable += page.unreadable
            return .pageArrived(
                resourceVersion: page.resourceVersion, continueToken: page.continueToken,
                objects: page.objects.count + page.unreadable.count)
        } catch {
            if error.code == .notFound { client.noteNotFound(reflector.resource) }
            return .listFailed(error)
        }
    }

    /// Waits for the next attempt's time, or for what it waits for.
    func wait(until deadline: ContinuousClock.Instant) async -> ReflectorSessionEvent {
        if session.isAbsent, policy.watchesDefinition {
            let watch = DefinitionWatch(reflector.resource, client: reflector.client, policy: policy)
            do throws(KubernetesError) {
                try await watch.wait()
                return .definitionEstablished
            } catch {
                reflector.logger.debug("the definition is not watched", metadata: ["error": "\(error)"])
            }
        }
        // An error here means that the task was cancelled, which ends the loop.
        try? await Task.sleep(until: deadline, clock: .continuous)
        return .deadlineReached
    }

    private var policy: ReflectorPolicy { reflector.policy }

    mutating func deliverPages(
        _ version: String, _ deliver: @Sendable (ReflectorEvent<Object>) async -> Void
    ) async {
        let complete = pages
        pages = ListPage()
        complaints.keepOnly(Set(complete.unreadable.map(\.key)))
        for object in complete.unreadable { complaints.note(object, to: reflector.logger) }
        await deliver(.replaced(complete.objects, unreadable: complete.unreadable, resourceVersion: version))
    }

    mutating func watch(
        _ request: WatchRequest, _ deliver: @Sendable (ReflectorEvent<Object>) async -> Void
    ) async -> ReflectorSessionEvent {
        let options = WatchOptions(
            labelSelector: reflector.labelSelector, fieldSelector: reflector.fieldSelector,
            resourceVersion: request.resourceVersion, timeout: request.timeout)
        var stream = WatchStream<Object>(client: reflector.client, path: path, options: options)
        do throws(KubernetesError) {
            try await stream.open()
            await advance(.watchOpened, deliver)
            while let event = try await stream.next() {
                await advance(try await tell(event, deliver), deliver)
            }
            return .watchClosed
        } catch {
            if error.code == .notFound { reflector.client.noteNotFound(reflector.resource) }
            return .watchFailed(error)
        }
    }

    /// Hands one event of a watch on and gives what it means for the session.
    private mutating func tell(
        _ event: WatchEvent<Object>, _ deliver: @Sendable (ReflectorEvent<Object>) async -> Void
    ) async throws(KubernetesError) -> ReflectorSessionEvent {
        switch event {
        case .applied(let object):
            complaints.forget(object.key)
            await deliver(.applied(object))
            return .objectSeen(version: object.metadata.resourceVersion)
        case .unreadable(let object, let version):
            complaints.note(object, to: reflector.logger)
            await deliver(.unreadable(object))
            return .objectSeen(version: version)
        case .deleted(let key, let version):
            complaints.forget(key)
            await deliver(.deleted(key))
            return .versionSeen(version)
        case .bookmark(let version):
            return .versionSeen(version)
        case .failed(let error):
            throw error
        }
    }

    /// Tells the session about something in the middle of a watch, which can only change the connection's state.
    private mutating func advance(
        _ event: ReflectorSessionEvent, _ deliver: @Sendable (ReflectorEvent<Object>) async -> Void
    ) async {
        var random = SystemRandomNumberGenerator()
        for effect in session.handle(event, at: .now, using: &random) {
            if case .report(let state) = effect { await report(state, deliver) }
        }
    }

    mutating func report(_ state: ConnectionState, _ deliver: @Sendable (ReflectorEvent<Object>) async -> Void) async {
        switch state {
        case .connected:
            reflector.logger.log(level: wasDown ? .notice : .info, "connected", metadata: ["path": "\(path)"])
            wasDown = false
        case .offline(let error):
            reflector.logger.notice("offline", metadata: ["error": "\(error)"])
            wasDown = true
        case .absent:
            reflector.logger.notice("not served", metadata: ["path": "\(path)"])
            wasDown = true
        }
        await deliver(.connection(state))
    }
}
