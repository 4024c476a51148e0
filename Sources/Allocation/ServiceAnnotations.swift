/// The annotations of Services: MetalLB's, under `metallb.io/` and under the prefix that it used before, and our own.
package enum ServiceAnnotations {
    package static let prefix = "metallb.io/"
    package static let deprecatedPrefix = "metallb.universe.tf/"

    /// The names behind the prefix that a user sets.
    package enum Name: String, Sendable, CaseIterable {
        case addressPool = "address-pool"
        case loadBalancerIPs
        case allowSharedIP = "allow-shared-ip"
    }

    /// The pool that the addresses came from; written by the controller, under the new prefix only.
    package static let allocatedFromPool = prefix + "ip-allocated-from-pool"
    /// How many addresses of each of its families a Service is to have, 1 to `maximumAddressesPerFamily`; 1 without it.
    package static let addressesPerFamily = "toono.io/addresses-per-family"
    /// More would help nobody: resolvers and clients look at a handful.
    package static let maximumAddressesPerFamily = 16

    /// True if the annotation is one that a decision about a Service may depend on.
    package static func isKnown(_ key: String) -> Bool {
        key.hasPrefix(prefix) || key.hasPrefix(deprecatedPrefix) || key == addressesPerFamily
            || key.hasPrefix("service.openyurt.io/")
    }

    /// The value of an annotation. The new prefix wins, also with an empty value, which reads as absent.
    static func value(_ name: Name, in annotations: [String: String]) -> String? {
        let text = annotations[prefix + name.rawValue] ?? annotations[deprecatedPrefix + name.rawValue] ?? ""
        return text.isEmpty ? nil : text
    }

    /// The keys with the old prefix that have a meaning and are in use, in order.
    package static func deprecatedKeys(in annotations: [String: String]) -> [String] {
        if annotations.isEmpty { return [] }
        return Name.allCases.map { deprecatedPrefix + $0.rawValue }.filter { annotations[$0] != nil }.sorted()
    }
}
