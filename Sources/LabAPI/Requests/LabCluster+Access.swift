import KubernetesObjects

/// Who may do what: administrators everything, others only ask about themselves.
extension LabCluster {
    func authenticate(_ request: APIRequest) throws(APIStatus) -> User {
        guard let tokens else { return .administrator }
        guard let user = tokens.user(authorization: request.headers["authorization"]) else {
            throw APIStatus(code: 401, reason: "Unauthorized", message: "Unauthorized")
        }
        return user
    }

    func authorize(_ call: Call) throws(APIStatus) {
        if call.user.isAdministrator || Self.selfReviews.contains(call.resource.plural) { return }
        let target = call.target
        let resource = target.subresource.map { "\(target.plural)/\($0)" } ?? target.plural
        let place = target.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        throw .forbidden(
            group: target.group, plural: target.plural, name: target.name ?? "",
            because:
                "User \"\(call.user.name)\" cannot \(call.verb) resource \"\(resource)\" in API group \"\(target.group)\" \(place)"
        )
    }

    private static let selfReviews: Set<String> = ["selfsubjectaccessreviews", "selfsubjectreviews"]

    /// Reviews are answered, not stored.
    func accessReview(_ call: Call) throws(APIStatus) -> APIResponse? {
        guard call.verb == "create", Self.selfReviews.contains(call.resource.plural) else { return nil }
        let options = try WriteOptions(call.request, kind: "CreateOptions")
        var (review, _) = try decode(call.request.body, call, options)
        try call.behavior.normalize(&review)
        record(.update, in: &review, from: call.behavior.emptyObject, call, options)
        var metadata = review["metadata"] ?? [:]
        metadata["creationTimestamp"] = .null
        review["metadata"] = metadata
        if call.resource.plural == "selfsubjectaccessreviews" {
            review["status"] = ["allowed": .bool(call.user.isAdministrator)]
        } else {
            review["status"] = [
                "userInfo": [
                    "username": .string(call.user.name), "groups": .array(call.user.groups.map(JSONValue.string)),
                ]
            ]
        }
        return APIResponse(status: 201, json: review)
    }
}
