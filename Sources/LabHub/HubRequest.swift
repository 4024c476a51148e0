package import LabAPI

/// A request as YurtHub looks at it: which component asks, and for what.
package struct HubRequest: Sendable {
    package enum Verb: Sendable, Hashable { case get, list, watch, create, update, delete }

    /// The objects of a kind that one list holds. YurtHub keeps one shape for each component and kind.
    package struct Shape: Sendable, Hashable, Codable {
        package var namespace: String?
        package var labelSelector: String?
        package var fieldSelector: String?
    }

    /// The first part of the User-Agent in lower case; nil without one: nothing is cached then.
    package let component: String?
    package let target: RequestTarget
    package let verb: Verb
    package let shape: Shape
    /// Seconds after which a watch is to end.
    package let timeout: Int?
    /// True if plain JSON is asked for first: other answers are not cached.
    package let wantsJSON: Bool

    /// Nil for what is no resource: discovery, health, the version.
    package init?(_ request: APIRequest) {
        guard let target = RequestTarget(path: request.path) else { return nil }
        self.target = target
        let isWatch = ["1", "true"].contains(request.parameter("watch") ?? "")
        switch request.method {
        case "GET", "HEAD": verb = isWatch ? .watch : target.name == nil ? .list : .get
        case "POST": verb = .create
        case "PUT", "PATCH": verb = .update
        case "DELETE": verb = .delete
        default: return nil
        }
        shape = Shape(
            namespace: target.namespace, labelSelector: request.parameter("labelSelector"),
            fieldSelector: request.parameter("fieldSelector"))
        timeout = request.parameter("timeoutSeconds").flatMap { Int($0) }
        let agent = request.headers["user-agent"]?.split(separator: "/").first.map { $0.lowercased() } ?? ""
        component = agent.isEmpty ? nil : agent
        let accept = request.headers["accept"]?.split(separator: ",").first.map(String.init) ?? ""
        wantsJSON = accept == "application/json" || accept.isEmpty
    }
}
