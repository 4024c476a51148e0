/// A `metallb.io/v1beta1` ConfigurationState: whether a component takes the configuration, and what it complains of. The
/// controller's is named `controller`, a speaker's `speaker-NODE`.
package struct ConfigurationState: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "ConfigurationState"
    /// Label that says `controller` or `speaker`.
    package static let componentTypeLabel = "metallb.io/component-type"
    /// Label with the node of a speaker.
    package static let nodeNameLabel = "metallb.io/node-name"

    package var metadata: ObjectMeta
    package var status: Status

    package init(metadata: ObjectMeta, status: Status = Status()) {
        self.metadata = metadata
        self.status = status
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        status = try container.decodeIfPresent(Status.self, forKey: .status) ?? Status()
    }

    private enum CodingKeys: String, CodingKey { case metadata, status }

    /// What came of reading the configuration.
    package struct Status: Sendable, Hashable, Codable {
        /// `Valid`, `Invalid` or `Unknown`
        package var result: String?
        /// One problem a line; empty if there is none.
        package var errorSummary: String?
        /// Types `configReconcilerValid` and `poolReconcilerValid`. The server wants reason, message and time in each.
        package var conditions: [Condition]?

        package init(result: String? = nil, errorSummary: String? = nil, conditions: [Condition]? = nil) {
            self.result = result
            self.errorSummary = errorSummary
            self.conditions = conditions
        }
    }
}
