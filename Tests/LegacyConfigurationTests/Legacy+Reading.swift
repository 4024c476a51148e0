import ClusterConfiguration
import KubernetesObjects
import LegacyConfiguration

/// The resources of a text, or nil.
func resources(_ text: String) -> ConfigurationResources? {
    try? LegacyConfiguration.resources(from: text, namespace: "toono").get()
}

/// What is wrong with a text, as lines.
func problems(_ text: String) -> [String] {
    switch LegacyConfiguration.resources(from: text, namespace: "toono") {
    case .success: []
    case .failure(let invalid): invalid.problems.map(\.description)
    }
}
