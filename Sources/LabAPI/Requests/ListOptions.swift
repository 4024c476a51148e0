import KubernetesObjects

/// What the query of a list or a watch says (`metav1.ListOptions`).
struct ListOptions: Sendable {
    enum Match: String, Sendable, Hashable { case exact = "Exact", notOlderThan = "NotOlderThan" }

    var limit: Int
    var continueToken: String
    /// As given: empty, `0` or a revision.
    var resourceVersion: String
    var match: Match?
    var isWatch: Bool
    var allowsBookmarks: Bool
    var sendsInitialEvents: Bool?
    var timeout: Int64?
    var labels: LabelQuery
    /// Parsed where the kind's fields are known.
    var fieldSelector: String

    init(_ request: APIRequest) throws(APIStatus) {
        limit = Int(request.parameter("limit") ?? "") ?? 0
        continueToken = request.parameter("continue") ?? ""
        resourceVersion = request.parameter("resourceVersion") ?? ""
        isWatch = Self.isTrue(request.parameter("watch")) ?? false
        allowsBookmarks = Self.isTrue(request.parameter("allowWatchBookmarks")) ?? false
        sendsInitialEvents = Self.isTrue(request.parameter("sendInitialEvents"))
        timeout = request.parameter("timeoutSeconds").flatMap(Int64.init)
        labels = try LabelQuery(parsing: request.parameter("labelSelector") ?? "")
        fieldSelector = request.parameter("fieldSelector") ?? ""
        let text = request.parameter("resourceVersionMatch") ?? ""
        match = Match(rawValue: text)
        if !text.isEmpty, match == nil {
            throw Self.refusal(
                .unsupported("resourceVersionMatch", value: "\"\(text)\"", supported: ["Exact", "NotOlderThan", ""]))
        }
        try isWatch ? checkWatch() : checkList()
    }

    /// The revision asked for; nil for none, 0 for any.
    func revision() throws(APIStatus) -> Int64? {
        if resourceVersion.isEmpty { return nil }
        guard let number = Int64(resourceVersion), number >= 0 else {
            throw APIStatus(
                code: 500, reason: "",
                message:
                    "resourceVersion: Invalid value: \"\(resourceVersion)\": strconv.ParseUint: parsing \"\(resourceVersion)\": invalid syntax"
            )
        }
        return number
    }

    private func checkWatch() throws(APIStatus) {
        if let sendsInitialEvents {
            if match != .notOlderThan {
                throw Self.refusal(
                    .forbidden(
                        "resourceVersionMatch",
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
            }
            _ = sendsInitialEvents
        } else if match != nil {
            throw Self.refusal(
                .forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
        }
    }

    private func checkList() throws(APIStatus) {
        if sendsInitialEvents != nil {
            throw Self.refusal(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
        }
        guard match != nil else { return }
        if resourceVersion.isEmpty {
            throw Self.refusal(
                .forbidden(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        }
        if !continueToken.isEmpty {
            throw Self.refusal(
                .forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"))
        }
        if match == .exact, resourceVersion == "0" {
            throw Self.refusal(
                .forbidden(
                    "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
        }
    }

    private static func refusal(_ cause: APIStatus.Cause) -> APIStatus {
        .invalid(group: "meta.k8s.io", kind: "ListOptions", name: "", causes: [cause])
    }

    /// As Go's `strconv.ParseBool` reads a parameter; nil where it is absent.
    private static func isTrue(_ text: String?) -> Bool? {
        text.map { !["false", "0", "f", "F", "FALSE", "False"].contains($0) }
    }
}
