package import ClusterConfiguration
import KubernetesObjects
import PositionedYAML

/// The configuration of MetalLB up to 0.12: YAML under one key of a ConfigMap. It is not interpreted but turned into the
/// `metallb.io` resources that say the same, so that there is one meaning of everything.
package enum LegacyConfiguration {
    /// The key of the ConfigMap's data that holds the configuration.
    package static let dataKey = "config"
    /// The labels of every resource made of a legacy configuration, by which the controller knows its own.
    package static let labels = [
        "app.kubernetes.io/managed-by": "toono-controller", "toono.io/legacy-config": "true",
    ]
    /// The annotation with a pool's or profile's name where that is no name for a resource: `my_pool` becomes `my-pool`.
    package static let legacyNameAnnotation = "toono.io/legacy-name"

    /// The resources that say what a text says, or everything that is wrong with it. Pure: the same text gives the same
    /// resources with the same names.
    ///
    /// What is made is valid: it has passed `Configuration.resolve`.
    package static func resources(
        from text: String, namespace: String
    ) -> Result<ConfigurationResources, InvalidLegacyConfiguration> {
        var conversion = LegacyConversion(namespace: namespace)
        do throws(YAMLProblem) {
            let documents = try YAMLStream.documents(text)
            if let second = documents.dropFirst().first {
                conversion.reader.note(second.position, "", "a second document begins here; there must be one only")
            } else if let root = documents.first {
                conversion.convert(root)
                conversion.check(root)
            } else {
                // Taken for an empty configuration, a slip would take every address away.
                conversion.reader.note(
                    YAMLPosition(line: 1, column: 1), "", "there is nothing here; write {} if nothing is meant")
            }
        } catch {
            conversion.reader.note(error.position, "", error.message)
        }
        let problems = conversion.reader.report
        return problems.isEmpty
            ? .success(conversion.resources) : .failure(InvalidLegacyConfiguration(problems: problems))
    }
}
