package import KubernetesObjects

/// Where the objects of one kind live in the API: what a list, a watch and a write are addressed to.
///
/// Behind OpenYurt's YurtHub the path and the selectors of a list decide what is kept for the time without a cloud: one
/// component must ask for a kind in one way only, or the second way is not cached.
package struct ResourcePath: Sendable, Hashable, CustomStringConvertible {
    /// Empty for the core group.
    package var group: String
    package var version: String
    /// The resource, as in `services`.
    package var plural: String
    /// Nil for all namespaces, and for kinds of the cluster.
    package var namespace: String?

    package init(group: String = "", version: String = "v1", plural: String, namespace: String? = nil) {
        self.group = group
        self.version = version
        self.plural = plural
        self.namespace = namespace
    }

    /// The path of the collection: `/api/v1/namespaces/default/services`, `/apis/discovery.k8s.io/v1/endpointslices`.
    package var path: String { collection(in: namespace) }

    package var description: String { path }

    /// The path of one object, or of a part of it such as `status`. The object's own namespace counts, not the one that
    /// a list is restricted to.
    package func named(_ key: ObjectKey, subresource: String? = nil) -> String {
        var text = collection(in: key.namespace.isEmpty ? nil : key.namespace)
        text += "/" + PercentEncoding.component(key.name)
        if let subresource { text += "/" + PercentEncoding.component(subresource) }
        return text
    }

    /// The collection of one namespace, which is what an object is created in; that of the cluster if it is empty.
    package func collection(in namespace: String?) -> String {
        var text = group.isEmpty ? "/api" : "/apis/" + PercentEncoding.component(group)
        text += "/" + PercentEncoding.component(version)
        if let namespace, !namespace.isEmpty { text += "/namespaces/" + PercentEncoding.component(namespace) }
        return text + "/" + PercentEncoding.component(plural)
    }
}

extension ResourcePath {
    /// OpenYurt's PoolServices of all namespaces.
    package static let poolServices = ResourcePath(
        group: "network.openyurt.io", version: "v1alpha1", plural: "poolservices")
}

/// Percent-encoding by RFC 3986: everything but the unreserved characters is escaped, so that no name or selector can
/// change the shape of a request.
enum PercentEncoding {
    static func component(_ text: String) -> String {
        var encoded = ""
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }
}
