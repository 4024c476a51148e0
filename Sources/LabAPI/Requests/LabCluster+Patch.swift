import KubernetesObjects

extension LabCluster {
    private static let jsonPatch = "application/json-patch+json"
    private static let mergePatch = "application/merge-patch+json"
    private static let strategicPatch = "application/strategic-merge-patch+json"
    private static let applyPatch = "application/apply-patch+yaml"

    mutating func patch(_ call: Call, _ form: Representation) throws(APIStatus) -> APIResponse {
        let options = try WriteOptions(call.request, kind: "PatchOptions")
        let type = call.request.headers["content-type"].map { String($0.prefix { $0 != ";" }) } ?? ""
        if type == Self.applyPatch { return try apply(call, options, form) }
        try Self.checkType(type, call)
        let name = call.target.name ?? ""
        guard let stored = store.stored(call.key(name)) else { throw call.notFound(name) }
        let old = registry.convert(stored.json, to: call.resource)
        let (new, duplicates) = try Self.patched(old, type, call)
        try Self.checkName(in: new, call)
        let warnings = try fieldProblems(new, call, options, also: duplicates)
        let result = try replace(stored, with: new, managers: nil, call, options)
        return answer(result, call, form).adding(warnings: warnings)
    }

    /// Custom resources have no merge keys, so no strategic merge patch.
    static func checkType(_ type: String, _ call: Call) throws(APIStatus) {
        let accepted =
            [jsonPatch, mergePatch] + (call.resource.isCustom ? [] : [strategicPatch]) + [applyPatch]
        guard accepted.contains(type) else { throw unsupportedMediaType(accepted) }
    }

    /// The document after a patch of one of the three kinds that know no owners.
    static func patched(
        _ document: JSONValue, _ type: String, _ call: Call
    ) throws(APIStatus) -> (document: JSONValue, duplicates: [String]) {
        let read: JSONReader.Outcome
        do {
            read = try JSONReader.read(call.request.body)
        } catch {
            throw .badRequest("error decoding patch: \(error.message)")
        }
        let duplicates = read.duplicates.map { "duplicate field \"\($0)\"" }
        switch type {
        case jsonPatch: return (try jsonPatched(document, read.value), duplicates)
        case mergePatch:
            guard case .object = read.value else {
                throw .badRequest("json: cannot unmarshal array into Go value of type map[string]interface {}")
            }
            return (MergePatch.apply(read.value, to: document), duplicates)
        default:
            do {
                return (
                    try StrategicMergePatch.apply(read.value, to: document, schema: call.behavior.schema), duplicates
                )
            } catch {
                throw .badRequest(error.message)
            }
        }
    }

    private static func jsonPatched(_ document: JSONValue, _ patch: JSONValue) throws(APIStatus) -> JSONValue {
        let operations: JSONPatch
        do {
            operations = try JSONPatch(reading: patch)
        } catch {
            throw .badRequest(error.message)
        }
        guard operations.operations.count <= 10_000 else {
            throw APIStatus(
                code: 413, reason: "RequestEntityTooLarge",
                message:
                    "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got \(operations.operations.count)",
                details: .init())
        }
        do {
            return try operations.apply(to: document)
        } catch {
            // kube-apiserver does not say which operation failed.
            throw APIStatus(
                code: 422, reason: "Invalid",
                message: "the server rejected our request due to an error in our request", details: .init())
        }
    }
}
