/// A `metallb.io/v1beta1` BFDProfile as it is written: settings of BFD sessions.
package struct BFDProfile: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "BFDProfile"

    package var metadata: ObjectMeta
    package var spec: Spec

    package init(metadata: ObjectMeta, spec: Spec = Spec()) {
        self.metadata = metadata
        self.spec = spec
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(Spec.self, forKey: .spec) ?? Spec()
    }

    private enum CodingKeys: String, CodingKey { case metadata, spec }

    /// The settings; intervals in milliseconds. What is absent has the default of the configuration.
    package struct Spec: Sendable, Hashable, Codable {
        package var receiveInterval: Int?
        package var transmitInterval: Int?
        package var echoInterval: Int?
        package var detectMultiplier: Int?
        package var echoMode: Bool?
        package var passiveMode: Bool?
        package var minimumTtl: Int?

        package init(
            receiveInterval: Int? = nil, transmitInterval: Int? = nil, echoInterval: Int? = nil,
            detectMultiplier: Int? = nil, echoMode: Bool? = nil, passiveMode: Bool? = nil, minimumTtl: Int? = nil
        ) {
            self.receiveInterval = receiveInterval
            self.transmitInterval = transmitInterval
            self.echoInterval = echoInterval
            self.detectMultiplier = detectMultiplier
            self.echoMode = echoMode
            self.passiveMode = passiveMode
            self.minimumTtl = minimumTtl
        }
    }
}
