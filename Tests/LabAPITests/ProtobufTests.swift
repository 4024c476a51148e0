import Foundation
import KubernetesObjects
import Testing

@testable import LabAPI

/// Bodies as kubectl 1.32 sent them.
@Suite struct ProtobufTests {
    private func read(_ name: String) throws -> JSONValue {
        let url = try #require(Bundle.module.url(forResource: "Resources/protobuf/\(name)", withExtension: nil))
        return try ProtobufReader.read(Array(Data(contentsOf: url)))
    }

    private static let meta: JSONValue = ["name": "x"]

    @Test(
        "what kubectl sends in protobuf is read as the JSON it stands for",
        arguments: [
            ("api_v1_namespaces_default_secrets.0", ["data": ["a": "Yg=="]]),
            (
                "api_v1_namespaces_default_services.0",
                [
                    "spec": [
                        "type": "ClusterIP", "selector": ["app": "sc"],
                        "ports": [["name": "80-8080", "protocol": "TCP", "port": 80, "targetPort": 8080]],
                    ], "status": ["loadBalancer": [:]],
                ]
            ),
            (
                "api_v1_namespaces_default_services.1",
                [
                    "spec": [
                        "type": "NodePort", "selector": ["app": "np"],
                        "ports": [
                            ["name": "80-http", "protocol": "TCP", "port": 80, "targetPort": "http", "nodePort": 30001]
                        ],
                    ], "status": ["loadBalancer": [:]],
                ]
            ),
            (
                "api_v1_namespaces_default_services.3",
                [
                    "spec": ["type": "ExternalName", "externalName": "x.y", "selector": ["app": "en"]],
                    "status": ["loadBalancer": [:]],
                ]
            ),
            (
                "apis_rbac.authorization.k8s.io_v1_namespaces_default_roles.0",
                [
                    "rules": [["verbs": ["get"], "apiGroups": [""], "resources": ["pods"]]]
                ]
            ),
            (
                "apis_rbac.authorization.k8s.io_v1_namespaces_default_rolebindings.0",
                [
                    "subjects": [
                        ["kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "u"],
                        ["kind": "ServiceAccount", "name": "sa", "namespace": "default"],
                    ], "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"],
                ]
            ),
            (
                "apis_apps_v1_namespaces_default_deployments.0",
                [
                    "spec": [
                        "replicas": 0, "selector": ["matchLabels": ["app": "d"]], "strategy": [:],
                        "template": [
                            "metadata": ["labels": ["app": "d"]],
                            "spec": [
                                "containers": [
                                    [
                                        "name": "nginx", "image": "nginx", "command": ["cmd", "arg"],
                                        "ports": [["containerPort": 80]], "resources": [:],
                                    ]
                                ]
                            ],
                        ],
                    ], "status": [:],
                ]
            ),
        ] as [(String, JSONValue)])
    func kinds(_ name: String, _ expected: JSONValue) throws {
        var object = try read(name)
        for member in ["kind", "apiVersion", "metadata", "type"] { object[member] = nil }
        #expect(object == expected)
    }

    @Test("every recorded body is read, cut anywhere it is refused or stands for less, and nothing crashes")
    func truncated() throws {
        let folder = try #require(Bundle.module.url(forResource: "Resources/protobuf", withExtension: nil))
        for url in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let bytes = Array(try Data(contentsOf: url))
            let whole = try ProtobufReader.read(bytes)
            #expect(whole["kind"]?.stringValue?.isEmpty == false)
            for length in 0..<bytes.count {
                if let part = try? ProtobufReader.read(Array(bytes.prefix(length))) {
                    #expect(part != whole || length > 4)
                }
            }
            for index in bytes.indices {
                var broken = bytes
                broken[index] ^= 0xFF
                _ = try? ProtobufReader.read(broken)
            }
        }
    }

    @Test("fields without a table are refused, not dropped")
    func unknownField() throws {
        // ConfigMap with field 9.
        let raw: [UInt8] = [0x4A, 0x00]
        let type: [UInt8] = [0x0A, 2, 0x76, 0x31, 0x12, 9] + Array("ConfigMap".utf8)
        let body: [UInt8] = [0x6B, 0x38, 0x73, 0, 0x0A, UInt8(type.count)] + type + [0x12, UInt8(raw.count)] + raw
        #expect(throws: ProtobufWire.Failure.self) { try ProtobufReader.read(body) }
    }
}
