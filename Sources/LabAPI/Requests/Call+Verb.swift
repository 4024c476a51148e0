extension Call {
    /// The verb in the words of discovery and RBAC.
    var verb: String {
        switch (request.method, target.name) {
        case ("GET", _), ("HEAD", _):
            if let watch = request.parameter("watch"), watch != "false", watch != "0" { return "watch" }
            return target.name == nil ? "list" : "get"
        case ("POST", _): return "create"
        case ("PUT", _): return "update"
        case ("PATCH", _): return "patch"
        case ("DELETE", nil): return "deletecollection"
        case ("DELETE", _): return "delete"
        default: return request.method.lowercased()
        }
    }

    /// What discovery says may be done here.
    var allowedVerbs: [String] {
        guard let subresource = target.subresource else { return resource.verbs }
        return resource.subresources.first { $0.name == subresource }?.verbs ?? []
    }
}
