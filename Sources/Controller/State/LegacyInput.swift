import ClusterConfiguration
import KubernetesObjects
import LegacyConfiguration

/// What the legacy ConfigMap says.
enum LegacyInput: Sendable {
    /// There is none: resources that were made of one go.
    case absent
    case resources(ConfigurationResources)
    /// It does not parse, or has lost its contents: resources that were made of it stay. One problem a line.
    case invalid([String])

    /// - Parameter map: nil if there is none.
    init(_ map: ConfigMap?, namespace: String) {
        guard let map else {
            self = .absent
            return
        }
        guard let text = map.data?[LegacyConfiguration.dataKey], text.contains(where: { !$0.isWhitespace }) else {
            self = .invalid([
                "there is nothing under the key `\(LegacyConfiguration.dataKey)`; the last good configuration stays in "
                    + "force. To remove it, delete the ConfigMap"
            ])
            return
        }
        switch LegacyConfiguration.resources(from: text, namespace: namespace) {
        case .success(let resources): self = .resources(resources)
        case .failure(let invalid): self = .invalid(invalid.problems.map(\.description))
        }
    }
}
