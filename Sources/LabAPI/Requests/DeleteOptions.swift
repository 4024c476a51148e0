import KubernetesObjects

/// What a deletion's body and query say (`metav1.DeleteOptions`).
struct DeleteOptions: Sendable, Hashable {
    /// What happens to the objects that the deleted one owns.
    enum Propagation: String, Sendable, Hashable {
        case orphan = "Orphan", background = "Background", foreground = "Foreground"
    }

    var isDryRun: Bool
    var propagation: Propagation?
    /// Empty for any.
    var uid: String
    /// Empty for any.
    var resourceVersion: String

    /// A deletion without conditions.
    init(propagation: Propagation?) {
        isDryRun = false
        self.propagation = propagation
        uid = ""
        resourceVersion = ""
    }

    init(_ request: APIRequest) throws(APIStatus) {
        var body: JSONValue = [:]
        if !request.body.isEmpty {
            do {
                body = try JSONReader.read(request.body).value
            } catch {
                throw .badRequest(
                    "the object provided is unrecognized (must be of type DeleteOptions): couldn't get version/kind; json parse error: \(error.message)"
                )
            }
        }
        let dryRun = (body["dryRun"]?.arrayValue ?? []).compactMap(\.stringValue)
        let parameters = request.query.filter { $0.name == "dryRun" }.map(\.value)
        isDryRun = try WriteOptions.isDryRun(dryRun + parameters, kind: "DeleteOptions")
        uid = body["preconditions"]?["uid"]?.stringValue ?? ""
        resourceVersion = body["preconditions"]?["resourceVersion"]?.stringValue ?? ""
        let text = body["propagationPolicy"]?.stringValue ?? request.parameter("propagationPolicy") ?? ""
        propagation = Propagation(rawValue: text)
        if !text.isEmpty, propagation == nil {
            throw .invalid(
                group: "meta.k8s.io", kind: "DeleteOptions", name: "",
                causes: [
                    .unsupported(
                        "propagationPolicy", value: "\"\(text)\"", supported: ["Background", "Foreground", "Orphan"])
                ])
        }
        if body["orphanDependents"]?.boolValue == true { propagation = .orphan }
    }
}
