import Foundation
import KubernetesClient
import Testing

@testable import Kubeconfig

/// A folder that is there for one test.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "toono-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite("the server's address")
struct ServerAddressTests {
    @Test(
        "is read as kubeconfigs have it",
        arguments: [
            ("https://10.0.0.1:6443", "https://10.0.0.1:6443"), ("https://api.example", "https://api.example:443"),
            ("http://localhost:8080/", "http://localhost:8080"), ("HTTPS://x:1", "https://x:1"),
            ("https://[fd00::1]:6443", "https://[fd00::1]:6443"), ("https://[fd00::1]", "https://[fd00::1]:443"),
            ("https://gate/k8s/clusters/c-1/", "https://gate:443/k8s/clusters/c-1"),
        ])
    func valid(text: String, description: String) throws {
        #expect(try ServerAddress(parsing: text).description == description)
    }

    @Test(
        "is refused with its text if it is none",
        arguments: [
            "", "10.0.0.1:6443", "ftp://x", "https://", "https://:6443", "https://x:0", "https://x:70000", "https://x:",
            "https://fd00::1", "https://[fd00::1", "https://[fd00::1]x", "https://u@x", "https://x/?q", "https://x:+5",
        ])
    func invalid(text: String) {
        let error = #expect(throws: ClientConfigurationError.self) { try ServerAddress(parsing: text) }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains("\"\(text)\"") == true)
    }
}

@Suite("the configuration in a pod")
struct InClusterTests {
    private let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]

    @Test("comes from the kubelet's variables and the service account")
    func inCluster() throws {
        let folder = try TemporaryFolder()
        try folder.write("ca.crt", "CA")
        try folder.write("namespace", "toono-system\n")
        let configuration = try ClientConfiguration.inCluster(environment: environment, directory: folder.path)
        #expect(configuration.server.description == "https://[fd00::1]:443")
        #expect(configuration.certificateAuthority == Array("CA".utf8))
        #expect(configuration.token == .file(path: folder.path + "/token"))
        #expect(configuration.namespace == "toono-system")
    }

    @Test("is refused outside of one, and without the CA")
    func outside() throws {
        let none = #expect(throws: ClientConfigurationError.self) {
            try ClientConfiguration.inCluster(environment: [:])
        }
        #expect(none?.code == .notInCluster)
        let folder = try TemporaryFolder()
        let path = folder.path
        let noCA = #expect(throws: ClientConfigurationError.self) {
            try ClientConfiguration.inCluster(environment: environment, directory: path)
        }
        #expect(noCA?.code == .unreadableFile)
        #expect(noCA?.message.hasSuffix("ca.crt cannot be read: no such file") == true)
    }
}

@Suite("kubeconfig")
struct KubeconfigTests {
    private func text(cluster: String = "", user: String = "token: t", context: String = "") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: main
        clusters:
        - name: c
          cluster: {server: "https://10.0.0.1:6443"\(cluster.isEmpty ? "" : ", " + cluster)}
        users:
        - name: u
          user: {\(user)}
        contexts:
        - name: main
          context: {cluster: c, user: u\(context.isEmpty ? "" : ", " + context)}
        - name: other
          context: {cluster: nowhere, user: u}
        - name: anonymous
          context: {cluster: c}
        """
    }

    private func parse(_ text: String, context: String? = nil) throws -> ClientConfiguration {
        try Kubeconfig.parse(text, path: "F", directory: "/base", context: context)
    }

    @Test("a token, the context's namespace and TLS options are taken over")
    func token() throws {
        let configuration = try parse(
            text(cluster: "insecure-skip-tls-verify: true, tls-server-name: kubernetes", context: "namespace: ns"))
        #expect(configuration.server.description == "https://10.0.0.1:6443")
        #expect(configuration.token == .fixed("t"))
        #expect(configuration.namespace == "ns")
        #expect(configuration.isTLSVerificationSkipped)
        #expect(configuration.tlsServerName == "kubernetes")
    }

    @Test("a token file wins over a token and is relative to the kubeconfig")
    func tokenFile() throws {
        #expect(try parse(text(user: "token: t, tokenFile: sub/token")).token == .file(path: "/base/sub/token"))
        #expect(try parse(text(user: "tokenFile: /x/token")).token == .file(path: "/x/token"))
    }

    @Test("certificates stand in the file or beside it")
    func certificates() throws {
        let folder = try TemporaryFolder()
        try folder.write("ca.pem", "from file")
        try folder.write("crt.pem", "crt")
        try folder.write(
            "config",
            text(
                cluster: "certificate-authority: ca.pem",
                user: "client-certificate: crt.pem, client-key: nowhere, client-key-data: a2V5"))
        let configuration = try Kubeconfig.load(path: folder.path + "/config")
        #expect(configuration.certificateAuthority == Array("from file".utf8))
        #expect(configuration.clientCertificate?.certificates == Array("crt".utf8))
        #expect(configuration.clientCertificate?.privateKey == Array("key".utf8))
    }

    @Test("a context without a user is for a server that asks nobody's name")
    func anonymous() throws {
        #expect(try parse(text(), context: "anonymous").token == .none)
        #expect(try parse(text(user: "token: t, exec: null")).token == .fixed("t"))
    }

    @Test("what is wrong or unsupported is refused with its entry")
    func refused() {
        let cases: [(String, String?, String)] = [
            (text(), "absent", "there is no context \"absent\"; the contexts are \"main\", \"other\", \"anonymous\""),
            (text(), "other", "context \"other\" names cluster \"nowhere\", which does not exist"),
            (text(user: "exec: {command: aws}"), nil, "user \"u\": exec is not supported"),
            (text(user: "auth-provider: {name: gcp}"), nil, "user \"u\": auth-provider is not supported"),
            (text(user: "username: a, password: b"), nil, "user \"u\": username is not supported"),
            (text(user: "client-certificate-data: YQ=="), nil, "user \"u\": client-certificate without client-key"),
            (text(cluster: "certificate-authority-data: '*'"), nil, "certificate-authority-data is not base64"),
            (text(cluster: "proxy-url: http://p"), nil, "cluster \"c\": proxy-url is not supported"),
            (
                text(cluster: "insecure-skip-tls-verify: true, certificate-authority-data: YQ=="), nil,
                "exclude each other"
            ),
            (text(cluster: "tls-server-name: 10.0.0.2"), nil, "tls-server-name must be a name"),
            (text(cluster: "certificate-authority: gone.pem"), nil, "/base/gone.pem cannot be read: no such file"),
            ("current-context: a", nil, "there is no context \"a\"; the contexts are none"),
            ("kind: Config", nil, "current-context is not set"),
            ("clusters: 5", nil, "kubeconfig F: clusters: "),
        ]
        for (text, context, words) in cases {
            let error = #expect(throws: ClientConfigurationError.self) { try parse(text, context: context) }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    @Test("a syntax error is placed, and its line not quoted: it may hold a secret")
    func syntaxError() {
        let error = #expect(throws: ClientConfigurationError.self) { try parse("users:\n- token: \"secret\n  x: [") }
        #expect(error?.message.contains("line ") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("no description shows a secret")
    func descriptions() throws {
        let configuration = try parse(
            text(user: "token: hush, client-certificate-data: aHVzaA==, client-key-data: aHVzaA=="))
        #expect(!"\(configuration)".contains("hush"))
    }
}
