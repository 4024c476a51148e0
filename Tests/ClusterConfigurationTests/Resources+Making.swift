import ClusterConfiguration
import KubernetesObjects

/// A pool with addresses.
func pool(_ name: String, _ addresses: String..., labels: [String: String] = [:]) -> IPAddressPool {
    IPAddressPool(
        metadata: ObjectMeta(name: name, namespace: "toono", labels: labels), spec: .init(addresses: addresses))
}

/// An advertisement on the local network.
func advertisement(_ name: String, _ spec: L2Advertisement.Spec = .init()) -> L2Advertisement {
    L2Advertisement(metadata: ObjectMeta(name: name, namespace: "toono"), spec: spec)
}

extension LabelSelector {
    /// A selector for one label.
    static func label(_ key: String, _ value: String) -> LabelSelector { LabelSelector(matchLabels: [key: value]) }

    /// A selector with one expression.
    static func expression(_ key: String, _ operation: String, _ values: String...) -> LabelSelector {
        LabelSelector(matchExpressions: [.init(key: key, operator: operation, values: values)])
    }
}

extension Configuration.Resolution {
    /// The problems as lines.
    var lines: [String] { problems.map(\.description) }
    /// The warnings as lines.
    var warningLines: [String] { warnings.map(\.description) }
}
