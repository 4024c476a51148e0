/// A `v1.Endpoints` object: the endpoints of a Service in the form from before EndpointSlices, without its ports.
package struct Endpoints: KubernetesObject, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Endpoints"

    /// The Service has the same name.
    package var metadata: ObjectMeta
    package var subsets: [Subset]?

    package init(metadata: ObjectMeta, subsets: [Subset]? = nil) {
        self.metadata = metadata
        self.subsets = subsets
    }

    /// Endpoints with the same ports.
    package struct Subset: Sendable, Hashable, Codable {
        package var addresses: [Address]?
        package var notReadyAddresses: [Address]?

        package init(addresses: [Address]? = nil, notReadyAddresses: [Address]? = nil) {
            self.addresses = addresses
            self.notReadyAddresses = notReadyAddresses
        }
    }

    /// One endpoint.
    package struct Address: Sendable, Hashable, Codable {
        package var ip: String
        package var nodeName: String?

        package init(ip: String, nodeName: String? = nil) {
            self.ip = ip
            self.nodeName = nodeName
        }
    }
}

extension EndpointSlice {
    /// The same endpoints as one slice of the Service, without ports.
    package init(_ endpoints: Endpoints) {
        let subsets = endpoints.subsets ?? []
        let ready = subsets.flatMap { $0.addresses ?? [] }.map { Endpoint($0, isReady: true) }
        let others = subsets.flatMap { $0.notReadyAddresses ?? [] }.map { Endpoint($0, isReady: false) }
        var metadata = endpoints.metadata
        metadata.labels[Self.serviceNameLabel] = metadata.name
        let isIPv6 = (ready + others).first?.addresses.first?.contains(":") ?? false
        self.init(metadata: metadata, addressType: isIPv6 ? "IPv6" : "IPv4", endpoints: ready + others)
    }
}

extension EndpointSlice.Endpoint {
    fileprivate init(_ address: Endpoints.Address, isReady: Bool) {
        self.init(addresses: [address.ip], conditions: .init(ready: isReady), nodeName: address.nodeName)
    }
}
