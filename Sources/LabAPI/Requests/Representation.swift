/// In which form an answer is wanted: the `Accept` header, as far as the API tells forms apart.
package enum Representation: Sendable, Hashable {
    case object
    /// `as=Table`, of this version of `meta.k8s.io`.
    case table(version: String)
    /// `as=PartialObjectMetadata` or the list of these.
    case partial(version: String)
    /// `as=APIGroupDiscoveryList` of `apidiscovery.k8s.io`.
    case discovery(version: String)

    /// The first form in the list that can be given. Protobuf is never given; clients that send it also send JSON.
    package init(accept: String?) throws(APIStatus) {
        let wanted = accept.map { $0.split(separator: ",") } ?? []
        if wanted.isEmpty {
            self = .object
            return
        }
        for entry in wanted {
            if let form = Self.form(entry) {
                self = form
                return
            }
        }
        throw APIStatus(
            code: 406, reason: "NotAcceptable",
            message:
                "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf",
            details: .init())
    }

    private static func form(_ entry: Substring) -> Representation? {
        let parts = entry.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
        guard let type = parts.first, ["application/json", "application/yaml", "application/*", "*/*"].contains(type)
        else { return nil }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parameters[String(pair[0])] = String(pair[1]) }
        }
        let version = parameters["v"] ?? ""
        switch (parameters["as"], parameters["g"]) {
        case (nil, _): return .object
        case ("Table", "meta.k8s.io") where version == "v1" || version == "v1beta1": return .table(version: version)
        case ("PartialObjectMetadata", "meta.k8s.io"), ("PartialObjectMetadataList", "meta.k8s.io"):
            return version == "v1" || version == "v1beta1" ? .partial(version: version) : nil
        case ("APIGroupDiscoveryList", "apidiscovery.k8s.io") where version == "v2" || version == "v2beta1":
            return .discovery(version: version)
        default: return nil
        }
    }
}
