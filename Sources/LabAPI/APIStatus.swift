package import KubernetesObjects

/// A refusal as the API says it (`metav1.Status`): thrown inside the lab API, written as the answer's body outside.
///
/// Reasons and messages are the ones of kube-apiserver 1.32; clients look at both.
package struct APIStatus: Error, Sendable, Hashable {
    /// One thing that is wrong, with the field it is about (`metav1.StatusCause`).
    package struct Cause: Sendable, Hashable {
        /// `FieldValueInvalid`, `FieldValueRequired`, …, `FieldManagerConflict`, `ResourceVersionTooLarge`.
        package var reason: String
        /// What follows the field in the Status' own message: `Invalid value: 70000: must be …`.
        package var message: String
        /// `spec.ports[0].port`; nil where the cause is about no field.
        package var field: String?

        package init(reason: String, message: String, field: String? = nil) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    /// Whom the refusal is about (`metav1.StatusDetails`).
    package struct Details: Sendable, Hashable {
        package var name: String?
        package var group: String?
        /// The plural for most refusals, the kind for `Invalid` and failed preconditions: as kube-apiserver does.
        package var kind: String?
        package var uid: String?
        package var causes: [Cause]
        /// Seconds; also written as the header `Retry-After`.
        package var retryAfter: Int?

        package init(
            name: String? = nil, group: String? = nil, kind: String? = nil, uid: String? = nil, causes: [Cause] = [],
            retryAfter: Int? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfter = retryAfter
        }
    }

    /// The HTTP status.
    package var code: Int
    /// `NotFound`, `Conflict`, …; empty where kube-apiserver gives none.
    package var reason: String
    package var message: String
    /// Nil leaves `details` out; an empty value writes `{}`.
    package var details: Details?
    /// `metadata.continue`: with `Expired`, the token that goes on with an inconsistent list.
    package var continueToken: String?

    package init(
        code: Int, reason: String, message: String, details: Details? = nil, continueToken: String? = nil
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.continueToken = continueToken
    }

    /// The Status object.
    package var json: JSONValue {
        var status: [String: JSONValue] = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": .string(message),
            "code": .int(Int64(code)),
        ]
        status["metadata"] = .object(continueToken.map { ["continue": .string($0)] } ?? [:])
        if !reason.isEmpty { status["reason"] = .string(reason) }
        if let details { status["details"] = details.json }
        return .object(status)
    }
}

extension APIStatus.Details {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [:]
        if let name, !name.isEmpty { members["name"] = .string(name) }
        if let group, !group.isEmpty { members["group"] = .string(group) }
        if let kind, !kind.isEmpty { members["kind"] = .string(kind) }
        if let uid, !uid.isEmpty { members["uid"] = .string(uid) }
        if !causes.isEmpty {
            members["causes"] = .array(
                causes.map { cause in
                    var member: [String: JSONValue] = [
                        "reason": .string(cause.reason), "message": .string(cause.message),
                    ]
                    if let field = cause.field { member["field"] = .string(field) }
                    return .object(member)
                })
        }
        if let retryAfter { members["retryAfterSeconds"] = .int(Int64(retryAfter)) }
        return .object(members)
    }
}
