import ClusterConfiguration
package import KubernetesObjects
import LegacyConfiguration
import PositionedYAML
import YAMLOutput

/// Looks at files as the controller and the speakers look at what the API server has.
package enum ConfigurationFiles {
    /// The name of the legacy ConfigMap unless the user says otherwise, as in MetalLB.
    package static let legacyConfigMap = "config"

    /// Everything that is wrong with files, and what is hardly meant, in the order of the files and their lines. Objects
    /// of other kinds are passed over.
    package static func validate(
        _ files: [ConfigurationFile], legacyConfigMap: String = legacyConfigMap
    ) -> [FileProblem] {
        var contents = FileContents(legacyConfigMap: legacyConfigMap)
        for file in files { contents.read(file) }
        if contents.isEmpty, contents.problems.isEmpty, let file = files.first {
            contents.problems.append(
                FileProblem(
                    file: file.name, line: 1,
                    message: "no resource of metallb.io and no ConfigMap \(legacyConfigMap) to check", isWarning: true))
        }
        contents.resolve()
        let order = Dictionary(files.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        return contents.problems.enumerated().sorted { left, right in
            (order[left.element.file] ?? 0, left.element.line, left.offset)
                < (order[right.element.file] ?? 0, right.element.line, right.offset)
        }.map(\.element)
    }

    /// Why there is nothing to print.
    package struct ConversionFailure: Error, Sendable, Hashable {
        /// Not empty.
        package var problems: [FileProblem]

        package init(problems: [FileProblem]) { self.problems = problems }
    }

    /// The resources that the controller makes of the legacy configuration in files, as YAML documents. A file may hold
    /// the ConfigMap or only the text under its key. The namespace is the ConfigMap's unless one is given.
    package static func convert(
        _ files: [ConfigurationFile], legacyConfigMap: String = legacyConfigMap, namespace: String? = nil
    ) throws -> String {
        var contents = FileContents(legacyConfigMap: legacyConfigMap, namespace: namespace, isLegacyOnly: true)
        for file in files { contents.read(file) }
        if contents.legacyCount == 0, contents.problems.isEmpty, let file = files.first {
            contents.problems.append(
                FileProblem(file: file.name, line: 1, message: "no ConfigMap \(legacyConfigMap) to convert"))
        }
        guard contents.problems.isEmpty else { throw ConversionFailure(problems: contents.problems) }
        let made = contents.legacyResources
        var documents: [String] = []
        for object in made.pools { documents.append(try manifest(object)) }
        for object in made.layer2Advertisements { documents.append(try manifest(object)) }
        for object in made.communities { documents.append(try manifest(object)) }
        for object in made.bfdProfiles { documents.append(try manifest(object)) }
        for object in made.bgpPeers { documents.append(try manifest(object)) }
        for object in made.bgpAdvertisements { documents.append(try manifest(object)) }
        return documents.joined(separator: "---\n")
    }

    /// An object as a document that `kubectl apply` takes.
    package static func manifest(_ object: some KubernetesObject) throws -> String {
        try YAMLText.encode(Manifest(object: object))
    }

    private struct Manifest<Object: KubernetesObject>: Encodable {
        var object: Object

        private enum CodingKeys: String, CodingKey { case apiVersion, kind }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(Object.apiVersion, forKey: .apiVersion)
            try container.encode(Object.kind, forKey: .kind)
            try object.encode(to: encoder)
        }
    }
}
