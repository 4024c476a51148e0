package import KubernetesClient
package import KubernetesObjects

/// The controller's way to a Kubernetes API server.
package struct KubernetesControllerAPI: ControllerAPI {
    private let client: KubernetesClient
    private let recorder: EventRecorder
    private let elector: LeaderElector?

    /// - Parameters:
    ///   - recorder: writes the events; run by whoever made it.
    ///   - elector: asked before every write; nil for the only controller that there is.
    package init(client: KubernetesClient, recorder: EventRecorder, elector: LeaderElector? = nil) {
        self.client = client
        self.recorder = recorder
        self.elector = elector
    }

    static let services = ResourcePath(plural: "services")
    static let configurationStates = ResourcePath(
        group: "metallb.io", version: "v1beta1", plural: "configurationstates")

    static func path(_ kind: ResourceKind) -> ResourcePath {
        ResourcePath(group: "metallb.io", version: kind.version, plural: kind.plural)
    }

    package func report(_ report: EventReport) {
        recorder.emit(report.level, reason: report.reason, message: report.message, regarding: report.regarding)
    }

    package func service(_ key: ObjectKey) async throws(KubernetesError) -> Service {
        try await client.get(Service.self, at: Self.services, key)
    }

    package func write(_ write: ControllerWrite) async throws(KubernetesError) -> WriteAnswer {
        if let elector, await !elector.mayWrite {
            throw KubernetesError(.cancelled, "this controller no longer leads")
        }
        switch write {
        case .serviceStatus(let key, let patch):
            return .service(
                try await client.patch(
                    Service.self, at: Self.services, key, subresource: "status", .merge, patch))
        case .poolServiceStatus(let key, let patch):
            return .poolService(
                try await client.patch(
                    PoolService.self, at: .poolServices, key, subresource: "status", .merge, patch))
        case .poolServiceFinalizers(let key, let patch):
            return .poolService(
                try await client.patch(PoolService.self, at: .poolServices, key, .merge, patch))
        case .poolStatus(let key, let status):
            let counts: JSONValue = [
                "assignedIPv4": .int(status.assignedIPv4 ?? 0), "assignedIPv6": .int(status.assignedIPv6 ?? 0),
                "availableIPv4": .int(status.availableIPv4 ?? 0), "availableIPv6": .int(status.availableIPv6 ?? 0),
            ]
            try await client.patch(
                JSONValue.self, at: Self.path(.pools), key, subresource: "status", .merge, ["status": counts])
        case .configurationState(let object): try await writeState(object)
        case .resources(let writes): try await writeResources(writes)
        case .helloKey(let key): return try await createHelloKey(key)
        }
        return .done
    }

    /// Nothing is read first: whether there is a key is the server's to say, and what it is nobody's to know.
    private func createHelloKey(_ key: ObjectKey) async throws(KubernetesError) -> WriteAnswer {
        var random = SystemRandomNumberGenerator()
        do throws(KubernetesError) {
            try await client.create(HelloKeySecret(key, using: &random), at: ResourcePath(plural: "secrets"))
        } catch {
            guard error.code == .alreadyExists || error.code == .conflict else { throw error }
            return .alreadyThere
        }
        return .done
    }

    private func writeState(_ object: ConfigurationState) async throws(KubernetesError) {
        try await client.writeStatus(
            of: ConfigurationState(metadata: object.metadata), at: Self.configurationStates, object.status.patch)
    }

    /// Makes every change, and throws what the first that failed came to.
    private func writeResources(_ writes: [ResourceWrite]) async throws(KubernetesError) {
        var failure: KubernetesError?
        for write in writes {
            do throws(KubernetesError) {
                switch write {
                case .create(let kind, let object): try await create(kind, object)
                case .patch(let kind, let key, let patch):
                    try await client.patch(JSONValue.self, at: Self.path(kind), key, .merge, patch)
                case .delete(let kind, let key): try await client.delete(at: Self.path(kind), key)
                }
            } catch {
                if error.code == .cancelled { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func create(_ kind: ResourceKind, _ object: JSONValue) async throws(KubernetesError) {
        let manifest: Manifest
        do {
            manifest = try Manifest(object)
        } catch {
            throw KubernetesError(.invalid, "the \(kind.rawValue) does not encode: \(error)", cause: error)
        }
        try await client.create(manifest, at: Self.path(kind))
    }
}

/// An object of any kind, as it is to be created: its JSON says what it is.
private struct Manifest: KubernetesObject {
    static let apiVersion = ""
    static let kind = ""

    var metadata: ObjectMeta
    private var members: JSONValue

    init(_ object: JSONValue) throws {
        members = object
        metadata = try (object["metadata"] ?? [:]).decoded(as: ObjectMeta.self)
    }

    init(from decoder: any Decoder) throws { try self.init(JSONValue(from: decoder)) }

    func encode(to encoder: any Encoder) throws { try members.encode(to: encoder) }
}
