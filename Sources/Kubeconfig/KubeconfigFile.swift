import PositionedYAML

/// The file's own form (`k8s.io/client-go` `clientcmd/api/v1`), as far as it matters to a connection.
struct KubeconfigFile {
    var currentContext: String?
    var clusters: [NamedCluster]
    var users: [NamedUser]
    var contexts: [NamedContext]

    struct NamedCluster {
        var name: String
        var cluster: Cluster?
    }

    struct Cluster {
        var server: String?
        var certificateAuthority: String?
        var certificateAuthorityData: String?
        var isTLSVerificationSkipped: Bool?
        var tlsServerName: String?
        var proxyURL: String?
    }

    struct NamedUser {
        var name: String
        var user: User?
    }

    struct User {
        var token: String?
        var tokenFile: String?
        var clientCertificate: String?
        var clientCertificateData: String?
        var clientKey: String?
        var clientKeyData: String?
        /// The names of all members that are not null, for those that are not supported.
        var members: Set<String>
    }

    struct NamedContext {
        var name: String
        var context: Context?
    }

    struct Context {
        var cluster: String?
        var user: String?
        var namespace: String?
    }
}

extension KubeconfigFile {
    /// - Throws: what has the wrong type, with its path and never with its text: a kubeconfig holds secrets.
    init(_ root: YAMLNode) throws(YAMLProblem) {
        let file = try Members(root, "")
        currentContext = try file.text("current-context")
        clusters = []
        for entry in try file.list("clusters") {
            let cluster = try entry.members("cluster")
            clusters.append(
                NamedCluster(name: try entry.name, cluster: try cluster.map(Cluster.init)))
        }
        users = []
        for entry in try file.list("users") {
            let user = try entry.members("user")
            users.append(NamedUser(name: try entry.name, user: try user.map(User.init)))
        }
        contexts = []
        for entry in try file.list("contexts") {
            let context = try entry.members("context")
            contexts.append(NamedContext(name: try entry.name, context: try context.map(Context.init)))
        }
    }
}

extension KubeconfigFile.Cluster {
    fileprivate init(_ members: Members) throws(YAMLProblem) {
        server = try members.text("server")
        certificateAuthority = try members.text("certificate-authority")
        certificateAuthorityData = try members.text("certificate-authority-data")
        isTLSVerificationSkipped = try members.bool("insecure-skip-tls-verify")
        tlsServerName = try members.text("tls-server-name")
        proxyURL = try members.text("proxy-url")
    }
}

extension KubeconfigFile.User {
    fileprivate init(_ members: Members) throws(YAMLProblem) {
        token = try members.text("token")
        tokenFile = try members.text("tokenFile")
        clientCertificate = try members.text("client-certificate")
        clientCertificateData = try members.text("client-certificate-data")
        clientKey = try members.text("client-key")
        clientKeyData = try members.text("client-key-data")
        self.members = members.names
    }
}

extension KubeconfigFile.Context {
    fileprivate init(_ members: Members) throws(YAMLProblem) {
        cluster = try members.text("cluster")
        user = try members.text("user")
        namespace = try members.text("namespace")
    }
}

/// A mapping whose members are read by their names. What is null is as good as absent.
private struct Members {
    private let entries: [YAMLNode.Entry]
    private let position: YAMLPosition
    private let path: String

    init(_ node: YAMLNode, _ path: String) throws(YAMLProblem) {
        guard let entries = node.entries else { throw Self.wrong(node, path, "a mapping") }
        self.entries = entries.filter { !$0.value.isNull }
        position = node.position
        self.path = path
    }

    var names: Set<String> { Set(entries.map(\.key)) }

    /// The name of an entry of a list.
    var name: String {
        get throws(YAMLProblem) {
            guard let name = try text("name") else {
                throw YAMLProblem(position: position, message: "\(path): \"name\" is missing")
            }
            return name
        }
    }

    func text(_ name: String) throws(YAMLProblem) -> String? {
        guard let node = node(name) else { return nil }
        guard let scalar = node.scalar else { throw Self.wrong(node, step(name), "a text") }
        return scalar.text
    }

    func bool(_ name: String) throws(YAMLProblem) -> Bool? {
        guard let node = node(name) else { return nil }
        guard let bool = node.scalar?.bool else { throw Self.wrong(node, step(name), "true or false") }
        return bool
    }

    func members(_ name: String) throws(YAMLProblem) -> Members? {
        guard let node = node(name) else { return nil }
        return try Members(node, step(name))
    }

    func list(_ name: String) throws(YAMLProblem) -> [Members] {
        guard let node = node(name) else { return [] }
        guard let elements = node.elements else { throw Self.wrong(node, step(name), "a list") }
        var list: [Members] = []
        for (index, element) in elements.enumerated() {
            list.append(try Members(element, "\(step(name)).\(index)"))
        }
        return list
    }

    private func node(_ name: String) -> YAMLNode? { entries.first { $0.key == name }?.value }

    private func step(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private static func wrong(_ node: YAMLNode, _ path: String, _ wanted: String) -> YAMLProblem {
        YAMLProblem(position: node.position, message: (path.isEmpty ? "" : "\(path): ") + "is not \(wanted)")
    }
}
