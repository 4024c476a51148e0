/// What a write's query says (`CreateOptions`, `UpdateOptions`, `PatchOptions`).
struct WriteOptions: Sendable, Hashable {
    /// What happens to members that the kind does not have.
    enum FieldValidation: String, Sendable, Hashable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

    var isDryRun: Bool
    /// Empty unless the client gave one.
    var fieldManager: String
    var fieldValidation: FieldValidation
    var isForced: Bool

    /// `kind` is what a refusal names: `CreateOptions`.
    init(_ request: APIRequest, kind: String) throws(APIStatus) {
        isDryRun = try Self.isDryRun(request.query.filter { $0.name == "dryRun" }.map(\.value), kind: kind)
        fieldManager = request.parameter("fieldManager") ?? ""
        isForced = request.parameter("force") == "true" || request.parameter("force") == "1"
        let validation = request.parameter("fieldValidation") ?? ""
        guard let parsed = validation.isEmpty ? .warn : FieldValidation(rawValue: validation) else {
            throw .invalid(
                group: "meta.k8s.io", kind: kind, name: "",
                causes: [
                    .unsupported(
                        "fieldValidation", value: "\"\(validation)\"", supported: ["", "Ignore", "Strict", "Warn"])
                ])
        }
        fieldValidation = parsed
        guard fieldManager.utf8.count <= 128 else {
            throw .invalid(
                group: "meta.k8s.io", kind: kind, name: "",
                causes: [
                    APIStatus.Cause(
                        reason: "FieldValueTooLong", message: "Too long: may not be more than 128 bytes",
                        field: "fieldManager")
                ])
        }
    }

    /// `dryRun` may only say `All`.
    static func isDryRun(_ values: [String], kind: String) throws(APIStatus) -> Bool {
        if let other = values.first(where: { $0 != "All" && !$0.isEmpty }) {
            throw .invalid(
                group: "meta.k8s.io", kind: kind, name: "",
                causes: [.unsupported("dryRun", value: "\"\(other)\"", supported: ["All"])])
        }
        return values.contains("All")
    }

    /// Who is recorded as writer: the given name, else the user agent up to its slash.
    func manager(userAgent: String?) -> String {
        if !fieldManager.isEmpty { return fieldManager }
        let product = (userAgent ?? "").prefix { $0 != "/" }
        let printable = product.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        let name = String(String.UnicodeScalarView(printable.prefix(128)))
        return name.isEmpty ? "unknown" : name
    }
}
