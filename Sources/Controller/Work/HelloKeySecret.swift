import FoundationEssentials
package import KubernetesObjects

/// The Secret with the key that speakers authenticate each other with: made where there is none, and never looked at or
/// changed again, so that no restart or upgrade makes the speakers strangers to one another.
package struct HelloKeySecret: KubernetesObject, CustomStringConvertible {
    package static let apiVersion = "v1"
    package static let kind = "Secret"
    /// The member that the speakers' pods mount as their key file.
    package static let member = "key"

    package var metadata: ObjectMeta
    private var type: String?
    /// Values in base64, as the API holds them.
    private var data: [String: String]?

    /// A Secret with a new key: one line with the base64 of 32 random bytes, which is what a key file holds.
    package init(_ key: ObjectKey, using random: inout some RandomNumberGenerator) {
        metadata = ObjectMeta(
            name: key.name, namespace: key.namespace, labels: ["app.kubernetes.io/managed-by": "toono-controller"])
        type = "Opaque"
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let line = Data(bytes).base64EncodedString() + "\n"
        data = [Self.member: Data(line.utf8).base64EncodedString()]
    }

    /// Never the key itself.
    package var description: String { "Secret \(key)" }
}
