/// The refusals that several parts of the API give, in kube-apiserver's words.
extension APIStatus {
    /// 400: the request itself cannot be understood.
    package static func badRequest(_ message: String) -> APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: message)
    }

    /// 404: `configmaps "x" not found`.
    package static func notFound(group: String, plural: String, name: String) -> APIStatus {
        APIStatus(
            code: 404, reason: "NotFound", message: "\(qualified(plural, group)) \"\(name)\" not found",
            details: Details(name: name, group: group, kind: plural))
    }

    /// 404: the path names nothing that is served.
    package static var noSuchPath: APIStatus {
        APIStatus(
            code: 404, reason: "NotFound", message: "the server could not find the requested resource",
            details: Details())
    }

    /// 405: the kind is served, but not with this verb.
    package static func methodNotSupported(group: String, plural: String, verb: String) -> APIStatus {
        APIStatus(
            code: 405, reason: "MethodNotAllowed",
            message: "\(verb) is not supported on resources of kind \"\(qualified(plural, group))\"",
            details: Details(group: group, kind: plural))
    }

    /// 409: `configmaps "x" already exists`.
    package static func alreadyExists(group: String, plural: String, name: String) -> APIStatus {
        APIStatus(
            code: 409, reason: "AlreadyExists", message: "\(qualified(plural, group)) \"\(name)\" already exists",
            details: Details(name: name, group: group, kind: plural))
    }

    /// 409: `Operation cannot be fulfilled on configmaps "x": …`.
    package static func conflict(group: String, plural: String, name: String, because: String) -> APIStatus {
        APIStatus(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(qualified(plural, group)) \"\(name)\": \(because)",
            details: Details(name: name, group: group, kind: plural))
    }

    /// 403: `services "x" is forbidden: …`.
    package static func forbidden(group: String, plural: String, name: String, because: String) -> APIStatus {
        let subject = name.isEmpty ? qualified(plural, group) : "\(qualified(plural, group)) \"\(name)\""
        return APIStatus(
            code: 403, reason: "Forbidden", message: "\(subject) is forbidden: \(because)",
            details: Details(name: name, group: group, kind: plural))
    }

    /// 422: every problem that validation found, as `field.ErrorList.ToAggregate` writes them.
    package static func invalid(group: String, kind: String, name: String, causes: [Cause]) -> APIStatus {
        let lines = causes.map { cause in cause.field.map { "\($0): \(cause.message)" } ?? cause.message }
        let text = lines.count == 1 ? lines[0] : "[\(lines.joined(separator: ", "))]"
        return APIStatus(
            code: 422, reason: "Invalid", message: "\(qualified(kind, group)) \"\(name)\" is invalid: \(text)",
            details: Details(name: name, group: group, kind: kind, causes: causes))
    }

    /// `services`, `deployments.apps`.
    private static func qualified(_ name: String, _ group: String) -> String {
        group.isEmpty ? name : "\(name).\(group)"
    }
}

extension APIStatus.Cause {
    /// `spec.x: Invalid value: 70000: must be …`; the value as it is to be printed, strings with their quotes.
    package static func invalid(_ field: String, value: String, _ message: String) -> APIStatus.Cause {
        APIStatus.Cause(reason: "FieldValueInvalid", message: "Invalid value: \(value): \(message)", field: field)
    }

    /// `spec.x: Required value: …`.
    package static func required(_ field: String, _ message: String = "") -> APIStatus.Cause {
        APIStatus.Cause(
            reason: "FieldValueRequired", message: message.isEmpty ? "Required value" : "Required value: \(message)",
            field: field)
    }

    /// `spec.x: Forbidden: …`.
    package static func forbidden(_ field: String, _ message: String) -> APIStatus.Cause {
        APIStatus.Cause(reason: "FieldValueForbidden", message: "Forbidden: \(message)", field: field)
    }

    /// `spec.x: Duplicate value: …`; the value as it is to be printed.
    package static func duplicate(_ field: String, value: String) -> APIStatus.Cause {
        APIStatus.Cause(reason: "FieldValueDuplicate", message: "Duplicate value: \(value)", field: field)
    }

    /// `spec.x: Unsupported value: "y": supported values: "A", "B"`.
    package static func unsupported(_ field: String, value: String, supported: [String]) -> APIStatus.Cause {
        let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
        return APIStatus.Cause(
            reason: "FieldValueNotSupported", message: "Unsupported value: \(value): supported values: \(list)",
            field: field)
    }
}
