import FoundationEssentials
import KubernetesClient
import KubernetesObjects
import Logging

/// Reads the passwords of sessions from Secrets, each by its name and when it is needed: nothing of a Secret is listed,
/// watched, logged or written down.
struct SecretReader: Sendable {
    /// How long a password that changed may go unnoticed.
    private static let interval: Duration = .seconds(30)

    let client: KubernetesClient
    let namespace: String
    let routes: RouteLoop
    let logger: Logger

    /// A `kubernetes.io/basic-auth` Secret, as far as it is looked at.
    private struct Secret: Decodable {
        var type: String?
        var data: [String: Data]?
    }

    /// Reads until the task is cancelled: at once what is newly wanted, and again every half minute.
    func run() async {
        let wanted = LatestValue<Set<String>>([])
        await withDiscardingTaskGroup { group in
            let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                for await names in routes.wantedSecrets {
                    wanted.set(names)
                    wake.yield()
                }
                wake.finish()
            }
            group.addTask {
                while (try? await Task.sleep(for: Self.interval)) != nil { wake.yield() }
            }
            group.addTask {
                var told: [String: String] = [:]
                for await _ in wakes { for name in wanted.value.sorted() { await read(name, &told) } }
            }
        }
    }

    private func read(_ name: String, _ told: inout [String: String]) async {
        let path = ResourcePath(plural: "secrets", namespace: namespace)
        do throws(KubernetesError) {
            let secret = try await client.get(
                Secret.self, at: path, ObjectKey(namespace: namespace, name: name))
            let password = secret.data?["password"].map { String(decoding: $0, as: UTF8.self) }
            guard secret.type == "kubernetes.io/basic-auth", let password else {
                note(name, "is no Secret of type kubernetes.io/basic-auth with the key \"password\"", &told)
                return await routes.setPassword(nil, secret: name)
            }
            told[name] = nil
            await routes.setPassword(password, secret: name)
        } catch {
            // sessions that are up go on with what they know
            note(name, "cannot be read: \(error)", &told)
        }
    }

    private func note(_ name: String, _ problem: String, _ told: inout [String: String]) {
        guard told.updateValue(problem, forKey: name) != problem else { return }
        logger.error("no password for a BGP session", metadata: ["secret": "\(name)", "problem": "\(problem)"])
    }
}
