package import FoundationEssentials

extension ClientConfiguration {
    /// Where the kubelet mounts a pod's service account.
    package static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The configuration of a process in a pod: the server from the variables that the kubelet sets, the rest from the
    /// service account. At an OpenYurt edge node the variables lead to the node's own YurtHub.
    /// - Throws: `notInCluster` if the variables are missing, `unreadableFile` for the CA; the token is only read when a
    ///   request is made.
    package static func inCluster(
        environment: [String: String], directory: String = serviceAccountDirectory
    ) throws(ClientConfigurationError) -> ClientConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let portText = environment["KUBERNETES_SERVICE_PORT"], !portText.isEmpty
        else {
            throw ClientConfigurationError(
                .notInCluster,
                "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; use --kubeconfig")
        }
        guard let port = ServerAddress.port(portText) else {
            throw ClientConfigurationError(.invalid, "KUBERNETES_SERVICE_PORT: \"\(portText)\" is not a port")
        }
        let authority = try readFile(directory + "/ca.crt", for: "the service account's CA")
        var configuration = ClientConfiguration(
            server: ServerAddress(scheme: .https, host: host, port: port),
            certificateAuthority: [UInt8](authority),
            token: .file(path: directory + "/token"))
        if let namespace = try? Data(contentsOf: URL(filePath: directory + "/namespace")), !namespace.isEmpty {
            configuration.namespace = String(decoding: namespace.prefix { $0 > 0x20 }, as: UTF8.self)
        }
        return configuration
    }

    /// The bytes of a file that a configuration names.
    package static func readFile(_ path: String, for purpose: String) throws(ClientConfigurationError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ClientConfigurationError(.unreadableFile, "\(purpose): \(path) cannot be read: \(Self.reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile: "no such file"
        case .fileReadNoPermission: "permission denied"
        default: "\(error)"
        }
    }
}
