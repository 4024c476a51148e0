import KubernetesObjects

extension LabCluster {
    /// A write's body as an object of the called kind, with what is odd about it by the rules of `fieldValidation`.
    func decode(
        _ body: [UInt8], _ call: Call, _ options: WriteOptions
    ) throws(APIStatus) -> (object: JSONValue, warnings: [String]) {
        let type = call.request.headers["content-type"]?.prefix { $0 != ";" } ?? "application/json"
        if type == Self.protobuf { return (try decodeProtobuf(body, call), []) }
        guard ["application/json", "application/yaml"].contains(type) else {
            throw Self.unsupportedMediaType(
                ["application/json", "application/yaml", Self.protobuf])
        }
        let read: JSONReader.Outcome
        do {
            read = try JSONReader.read(body)
        } catch {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(call.bodyKind)): couldn't get version/kind; json parse error: \(error.message) (\(Self.summary(body)))"
            )
        }
        guard case .object = read.value else {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(call.bodyKind)): couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" } (\(Self.summary(body)))"
            )
        }
        var object = read.value
        try Self.checkKind(&object, call)
        let duplicates = read.duplicates.map { "duplicate field \"\($0)\"" }
        return (object, try fieldProblems(object, call, options, also: duplicates))
    }

    private static let protobuf = "application/vnd.kubernetes.protobuf"

    /// What kubectl's own commands send. Kinds that are not read that way are refused like a format that is not known.
    private func decodeProtobuf(_ body: [UInt8], _ call: Call) throws(APIStatus) -> JSONValue {
        var object: JSONValue
        do {
            object = try ProtobufReader.read(body)
        } catch {
            var refusal = Self.unsupportedMediaType(["application/json", "application/yaml"])
            refusal.message += ": protobuf: \(error.message)"
            throw refusal
        }
        try Self.checkKind(&object, call)
        return object
    }

    /// The warnings about members that the kind does not have; refuses them where the client wants that.
    func fieldProblems(
        _ object: JSONValue, _ call: Call, _ options: WriteOptions, also others: [String] = []
    ) throws(APIStatus) -> [String] {
        guard options.fieldValidation != .ignore, call.target.subresource != "scale" else { return [] }
        let problems = others + call.behavior.unknownFields(object).map { "unknown field \"\($0)\"" }
        if problems.isEmpty || options.fieldValidation == .warn { return problems }
        let kind = call.resource.kind
        throw .badRequest(
            "\(kind) in version \"\(call.resource.version)\" cannot be handled as a \(kind): strict decoding error: \(problems.joined(separator: ", "))"
        )
    }

    private static func checkKind(_ object: inout JSONValue, _ call: Call) throws(APIStatus) {
        let (kind, apiVersion) = (call.bodyKind, call.bodyAPIVersion)
        let given = (object["kind"]?.stringValue ?? "", object["apiVersion"]?.stringValue ?? "")
        if !given.0.isEmpty, given.0 != kind {
            throw .badRequest(
                "the kind in the data (\(given.0)) does not match the expected kind (\(kind))")
        }
        if !given.1.isEmpty, given.1 != apiVersion {
            throw .badRequest(
                "the API version in the data (\(given.1)) does not match the expected API version (\(apiVersion))")
        }
        object["kind"] = .string(kind)
        object["apiVersion"] = .string(apiVersion)
    }

    static func unsupportedMediaType(_ accepted: [String]) -> APIStatus {
        APIStatus(
            code: 415, reason: "UnsupportedMediaType",
            message:
                "the body of the request was in an unknown format - accepted media types include: \(accepted.joined(separator: ", "))"
        )
    }

    /// The start of a body for a message: as it is where it looks like JSON, else in hexadecimal.
    private static func summary(_ body: [UInt8]) -> String {
        guard let first = body.first else { return "<empty>" }
        let start = body.prefix(30)
        let shown =
            first == UInt8(ascii: "{")
            ? String(decoding: start, as: UTF8.self)
            : start.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return body.count > 30 ? shown + " ..." : shown
    }
}

extension Call {
    /// What a body must be: the subresource's kind where that has one of its own.
    var bodyKind: String { subresource?.kind ?? resource.kind }

    var bodyAPIVersion: String {
        guard let subresource else { return resource.apiVersion }
        return subresource.group.isEmpty ? subresource.version : "\(subresource.group)/\(subresource.version)"
    }

    /// The called subresource, if it has a kind of its own, as `scale` has.
    private var subresource: APIResource.Subresource? {
        resource.subresources.first { $0.name == target.subresource && $0.kind != resource.kind }
    }
}
