import Logging
import NIOCore
import Synchronization

/// What the server was found to serve, shared by all users of a client.
final class ServedVersions: Sendable {
    private struct Kind: Hashable {
        var group: String
        var plural: String
        var versions: [String]
    }

    private let choices = Mutex<[Kind: VersionChoice]>([:])

    func withChoice<Result: Sendable>(
        for resource: ServedResource, _ body: (inout sending VersionChoice) -> sending Result
    ) -> Result {
        let kind = Kind(group: resource.group, plural: resource.plural, versions: resource.versions)
        return choices.withLock { choices in
            var choice = choices[kind] ?? VersionChoice(preferred: resource.versions)
            let result = body(&choice)
            choices[kind] = choice
            return result
        }
    }
}

/// The answer to `/apis/GROUP` (`metav1.APIGroup`).
private struct APIGroup: Decodable {
    struct Version: Decodable { var version: String }
    var versions: [Version]
}

extension KubernetesClient {
    /// Where the kind is to be found on this server. Asks which versions are served once, and again after a 404.
    @concurrent
    package func path(of resource: ServedResource) async -> ResourcePath {
        if served.withChoice(for: resource, { $0.isAskingNeeded }) {
            do {
                let answer = try await send(APIRequest(path: "/apis/" + PercentEncoding.component(resource.group)))
                let group = try JSON.decode(APIGroup.self, from: answer)
                let versions = group.versions.map(\.version)
                served.withChoice(for: resource) { $0.serverNamed(versions) }
            } catch {
                logger.debug(
                    "served versions are unknown", metadata: ["group": "\(resource.group)", "error": "\(error)"])
                served.withChoice(for: resource) { $0.askingFailed() }
            }
        }
        let version = served.withChoice(for: resource) { $0.version ?? "v1" }
        return ResourcePath(
            group: resource.group, version: version, plural: resource.plural, namespace: resource.namespace)
    }

    /// Notes that the server answered 404 to a list or a watch, so that it is asked again what it serves.
    package func noteNotFound(_ resource: ServedResource) {
        served.withChoice(for: resource) { $0.versionNotFound() }
    }
}
