import KubernetesObjects
import LabAPI
import PositionedYAML

/// Bodies in YAML, which the cluster takes as JSON.
enum YAMLBody {
    /// The request with its body as JSON, if its type says YAML.
    static func converted(_ request: APIRequest) throws(APIStatus) -> APIRequest {
        let type = request.headers["content-type"]?.prefix { $0 != ";" } ?? ""
        guard type == "application/yaml" || type == "application/apply-patch+yaml", !isJSON(request.body) else {
            return request
        }
        var request = request
        let documents: [YAMLNode]
        do {
            documents = try YAMLStream.documents(String(decoding: request.body, as: UTF8.self))
        } catch {
            throw .badRequest("error decoding YAML: line \(error.position.line): \(error.message)")
        }
        guard let document = documents.first, documents.count == 1 else {
            throw .badRequest("error decoding YAML: expected one document, found \(documents.count)")
        }
        request.body = JSONWriter.bytes(json(document))
        return request
    }

    /// JSON is YAML too; the cluster's own reader then finds duplicate keys.
    private static func isJSON(_ body: [UInt8]) -> Bool {
        body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
    }

    private static func json(_ node: YAMLNode) -> JSONValue {
        switch node.content {
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, json($0.value)) }, uniquingKeysWith: { _, last in last }))
        case .sequence(let elements): .array(elements.map(json))
        case .scalar(let scalar): json(scalar)
        }
    }

    private static func json(_ scalar: YAMLScalar) -> JSONValue {
        if scalar.isNull { return .null }
        if let truth = scalar.bool { return .bool(truth) }
        if let number = scalar.int { return .int(Int64(number)) }
        if let number = scalar.double { return .double(number) }
        return .string(scalar.text)
    }
}
