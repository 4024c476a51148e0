import FoundationEssentials
import KubernetesClient

/// Follows a kubeconfig's context to its cluster and user, with kubectl's rules.
struct Resolution {
    let file: KubeconfigFile
    /// Where relative file names begin.
    let directory: String

    func configuration(context wanted: String?) throws(ClientConfigurationError) -> ClientConfiguration {
        guard let contextName = wanted ?? file.currentContext, !contextName.isEmpty else {
            throw invalid("current-context is not set; the contexts are \(list(file.contexts.map(\.name)))")
        }
        guard let context = file.contexts.first(where: { $0.name == contextName })?.context else {
            throw invalid(
                "there is no context \"\(contextName)\"; the contexts are \(list(file.contexts.map(\.name)))")
        }
        guard let clusterName = context.cluster, !clusterName.isEmpty else {
            throw invalid("context \"\(contextName)\" names no cluster")
        }
        guard let cluster = file.clusters.first(where: { $0.name == clusterName })?.cluster else {
            throw invalid("context \"\(contextName)\" names cluster \"\(clusterName)\", which does not exist")
        }
        var configuration = try connection(to: cluster, named: clusterName)
        if let namespace = context.namespace, !namespace.isEmpty { configuration.namespace = namespace }
        // A server that asks for nobody's name, such as a lab's, needs no user.
        guard let userName = context.user, !userName.isEmpty else { return configuration }
        guard let entry = file.users.first(where: { $0.name == userName }) else {
            throw invalid("context \"\(contextName)\" names user \"\(userName)\", which does not exist")
        }
        if let user = entry.user { try authenticate(as: user, named: userName, in: &configuration) }
        return configuration
    }

    private func connection(
        to cluster: KubeconfigFile.Cluster, named name: String
    ) throws(ClientConfigurationError) -> ClientConfiguration {
        let place = "cluster \"\(name)\""
        guard let server = cluster.server, !server.isEmpty else { throw invalid("\(place) has no server") }
        if let proxy = cluster.proxyURL, !proxy.isEmpty {
            throw ClientConfigurationError(.unsupported, "\(place): proxy-url is not supported")
        }
        var configuration: ClientConfiguration
        do {
            configuration = ClientConfiguration(server: try ServerAddress(parsing: server))
        } catch {
            throw invalid("\(place): \(error.message)")
        }
        configuration.certificateAuthority = try bytes(
            inline: cluster.certificateAuthorityData, file: cluster.certificateAuthority,
            name: "\(place): certificate-authority")
        configuration.isTLSVerificationSkipped = cluster.isTLSVerificationSkipped ?? false
        if configuration.isTLSVerificationSkipped, configuration.certificateAuthority != nil {
            throw invalid("\(place): insecure-skip-tls-verify and certificate-authority exclude each other")
        }
        if let serverName = cluster.tlsServerName, !serverName.isEmpty {
            guard serverName.contains(where: \.isLetter), !serverName.contains(":") else {
                throw ClientConfigurationError(.unsupported, "\(place): tls-server-name must be a name, not an address")
            }
            configuration.tlsServerName = serverName
        }
        return configuration
    }

    private func authenticate(
        as user: KubeconfigFile.User, named name: String, in configuration: inout ClientConfiguration
    ) throws(ClientConfigurationError) {
        let place = "user \"\(name)\""
        for member in ["exec", "auth-provider", "username", "as"] where user.members.contains(member) {
            throw ClientConfigurationError(
                .unsupported,
                "\(place): \(member) is not supported; use a token, a token file or a client certificate")
        }
        // As in kubectl, a token file wins over a token, because it is the one that is kept up to date.
        if let path = user.tokenFile, !path.isEmpty {
            configuration.token = .file(path: absolute(path))
        } else if let token = user.token, !token.isEmpty {
            configuration.token = .fixed(token)
        }
        let certificates = try bytes(
            inline: user.clientCertificateData, file: user.clientCertificate, name: "\(place): client-certificate")
        let key = try bytes(inline: user.clientKeyData, file: user.clientKey, name: "\(place): client-key")
        switch (certificates, key) {
        case (nil, nil): break
        case (let certificates?, let key?):
            configuration.clientCertificate = .init(certificates: certificates, privateKey: key)
        case (_?, nil): throw invalid("\(place): client-certificate without client-key")
        case (nil, _?): throw invalid("\(place): client-key without client-certificate")
        }
    }

    /// What stands in the file itself, in base64, wins over the name of another file.
    private func bytes(
        inline: String?, file: String?, name: String
    ) throws(ClientConfigurationError) -> [UInt8]? {
        if let inline, !inline.isEmpty {
            guard let data = Data(base64Encoded: inline, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw invalid("\(name)-data is not base64")
            }
            return [UInt8](data)
        }
        guard let file, !file.isEmpty else { return nil }
        return [UInt8](try ClientConfiguration.readFile(absolute(file), for: name))
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : URL(filePath: directory).appending(path: path).path(percentEncoded: false)
    }

    private func invalid(_ message: String) -> ClientConfigurationError { ClientConfigurationError(.invalid, message) }

    private func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
