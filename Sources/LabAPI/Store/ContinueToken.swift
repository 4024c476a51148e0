import FoundationEssentials
import KubernetesObjects

/// Where a list goes on: the `continue` parameter, base64 without padding of
/// `{"v":"meta.k8s.io/v1","rv":234,"start":"g2\u0000"}` (`storage.EncodeContinue`).
package struct ContinueToken: Sendable, Hashable {
    /// The revision of the first page; -1 goes on with whatever is there now.
    package var revision: Int64
    /// The first path below the listed prefix that may be in the next page. The first page's token has a `/` in front,
    /// as kube-apiserver 1.32 writes it when the page came from the watch cache.
    package var start: String

    package init(revision: Int64, start: String) {
        self.revision = revision
        self.start = start
    }

    package init(parsing text: String) throws(APIStatus) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let standard = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: standard) else {
            throw .badRequest("invalid continue token: continue key is not valid: illegal base64 data at input byte 0")
        }
        let token: JSONValue
        do {
            token = try JSONReader.read(Array(data)).value
        } catch {
            throw .badRequest("invalid continue token: continue key is not valid: \(error.message)")
        }
        guard token["v"]?.stringValue == "meta.k8s.io/v1" else {
            throw .badRequest(
                "invalid continue token: continue key is not valid: server does not recognize this encoded version \"\(token["v"]?.stringValue ?? "")\""
            )
        }
        guard let revision = token["rv"]?.intValue, revision != 0 else {
            throw .badRequest(
                "invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)"
            )
        }
        guard let start = token["start"]?.stringValue, !start.isEmpty else {
            throw .badRequest(
                "invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
        }
        guard !start.split(separator: "/").contains("..") else {
            throw .badRequest("invalid continue token: continue key is not valid: \(start)")
        }
        self.revision = revision
        self.start = start
    }

    /// The token as the parameter's value.
    package var text: String {
        // The writer's order is not Go's, so the three members are put together here.
        let start = JSONWriter.text(.string(start))
        let json = "{\"v\":\"meta.k8s.io/v1\",\"rv\":\(revision),\"start\":\(start)}"
        let standard = Data(json.utf8).base64EncodedString()
        return standard.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The path below the listed prefix.
    package var path: String { start.hasPrefix("/") ? String(start.dropFirst()) : start }
}
