package import KubernetesObjects
import NIOCore

/// One line of a watch.
package enum WatchEvent<Object: KubernetesObject>: Sendable {
    /// New, or changed.
    case applied(Object)
    /// New or changed, but not decodable.
    case unreadable(UnreadableObject, resourceVersion: String)
    /// Gone, or no longer selected.
    case deleted(ObjectKey, resourceVersion: String)
    /// Nothing happened up to here.
    case bookmark(resourceVersion: String)
    /// The server ends the watch: `gone` if the version is forgotten.
    case failed(KubernetesError)
}

extension WatchEvent {
    /// Reads one line (API concepts, "Efficient detection of changes").
    /// - Throws: `badAnswer` if it is no watch event.
    init(line: ByteBuffer) throws(KubernetesError) {
        do {
            self = try JSON.decode(WatchLine<Object>.self, from: line).event
        } catch {
            throw KubernetesError(.badAnswer, "a line of the watch is no event: \(JSON.problem(error))", cause: error)
        }
    }
}

/// The JSON of a watch's line.
private struct WatchLine<Object: KubernetesObject>: Decodable {
    var event: WatchEvent<Object>

    private enum CodingKeys: String, CodingKey { case type, object }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .type) {
        case "ADDED", "MODIFIED":
            let read = try container.decode(ReadObject<Object>.self, forKey: .object)
            switch read.result {
            case .success(let object): event = .applied(object)
            case .failure(let failure): event = .unreadable(failure.object, resourceVersion: read.resourceVersion)
            }
        case "DELETED":
            // The name is enough, so an object that this program never could read goes away all the same.
            let identity = try container.decode(ObjectIdentity.self, forKey: .object)
            event = .deleted(identity.key, resourceVersion: identity.metadata.resourceVersion ?? "")
        case "BOOKMARK":
            let identity = try container.decode(ObjectIdentity.self, forKey: .object)
            event = .bookmark(resourceVersion: identity.metadata.resourceVersion ?? "")
        case "ERROR":
            let status = try container.decode(StatusAnswer.self, forKey: .object)
            event = .failed(KubernetesError(status: status.code ?? 500, answer: status, retryAfter: nil))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container, debugDescription: "unknown type \"\(other)\"")
        }
    }
}
