import KubernetesObjects

@testable import LabAPI

extension APIResource {
    fileprivate init(
        _ kind: String, _ plural: String, group: String = "", scope: Scope = .namespaced, subresources: [String] = [],
        isCustom: Bool = false
    ) {
        let all = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        self.init(
            group: group, version: "v1", kind: kind, plural: plural, singular: kind.lowercased(), scope: scope,
            verbs: plural == "namespaces" ? all.filter { $0 != "deletecollection" } : all,
            subresources: subresources.map { name in
                name == "scale"
                    ? Subresource(
                        name: name, group: "autoscaling", version: "v1", kind: "Scale",
                        verbs: ["get", "patch", "update"])
                    : Subresource(
                        name: name, group: group, version: "v1", kind: kind, verbs: ["get", "patch", "update"])
            }, isCustom: isCustom)
    }
}

private let metadata = FieldSchema.structure(
    .init(fields: [
        "name": .scalar, "namespace": .scalar, "uid": .scalar, "resourceVersion": .scalar, "generation": .scalar,
        "generateName": .scalar, "creationTimestamp": .scalar, "deletionTimestamp": .scalar, "managedFields": .any,
        "labels": .strings, "annotations": .strings,
        "finalizers": .list(element: .scalar, .init(topology: .set, patchMerges: true)),
        "ownerReferences": .list(
            element: .structure(.init(fields: ["uid": .scalar], isAtomic: true)),
            .init(topology: .map(keys: [.init("uid")]), patchMerges: true, patchMergeKey: "uid")),
    ]))

private func object(_ fields: [String: FieldSchema]) -> FieldSchema {
    .structure(.init(fields: fields.merging(["metadata": metadata, "apiVersion": .scalar, "kind": .scalar]) { $1 }))
}

private func structure(_ names: String...) -> FieldSchema {
    .structure(.init(fields: Dictionary(uniqueKeysWithValues: names.map { ($0, FieldSchema.scalar) })))
}

private let emptyMetadata: JSONValue = ["creationTimestamp": nil]

extension TestKind {
    static let configMap = TestKind(
        resource: APIResource("ConfigMap", "configmaps"),
        schema: object(["data": .strings, "binaryData": .strings, "immutable": .scalar]),
        emptyObject: ["metadata": emptyMetadata],
        columns: [
            TableColumn(name: "Name", type: "string", format: "name", description: Self.nameText),
            TableColumn(name: "Data", type: "string", description: Self.dataText),
            TableColumn(name: "Age", type: "string", description: Self.ageText),
        ], row: { [.int(Int64($0["data"]?.objectValue?.count ?? 0))] })

    static let namespace = TestKind(
        resource: APIResource("Namespace", "namespaces", scope: .cluster, subresources: ["status"]),
        schema: object(["spec": structure(), "status": structure("phase")]))

    static let lease = TestKind(
        resource: APIResource("Lease", "leases", group: "coordination.k8s.io"),
        schema: object([
            "spec": structure(
                "holderIdentity", "leaseDurationSeconds", "acquireTime", "renewTime", "leaseTransitions")
        ]), emptyObject: ["metadata": emptyMetadata, "spec": [:]])

    static let event = TestKind(
        resource: APIResource("Event", "events"),
        schema: object([
            "involvedObject": .structure(
                .init(fields: ["kind": .scalar, "namespace": .scalar, "name": .scalar, "uid": .scalar], isAtomic: true)),
            "reason": .scalar, "message": .scalar, "type": .scalar, "source": structure("component", "host"),
            "firstTimestamp": .scalar, "lastTimestamp": .scalar, "count": .scalar, "eventTime": .scalar,
            "reportingComponent": .scalar, "reportingInstance": .scalar,
        ]),
        emptyObject: [
            "metadata": emptyMetadata, "involvedObject": [:], "source": [:], "firstTimestamp": nil,
            "lastTimestamp": nil, "eventTime": nil, "reportingComponent": "", "reportingInstance": "",
        ],
        setDefaults: { event in
            for (name, value) in ["eventTime": nil, "reportingComponent": "", "reportingInstance": ""]
                as [String: JSONValue]
            where event[name] == nil { event[name] = value }
        })

    static let deployment = TestKind(
        resource: APIResource("Deployment", "deployments", group: "apps", subresources: ["status", "scale"]),
        schema: object(["spec": structure("replicas", "selector", "paused"), "status": structure("replicas")]),
        emptyObject: ["metadata": emptyMetadata, "spec": ["selector": nil], "status": [:]])

    static let widget = TestKind(
        resource: APIResource("Widget", "widgets", group: "lab.example", subresources: ["status"], isCustom: true),
        schema: .structure(
            .init(fields: ["metadata": metadata, "spec": .any, "status": .any, "apiVersion": .scalar, "kind": .scalar]))
    )

    static let review = TestKind(
        resource: APIResource(
            "SelfSubjectAccessReview", "selfsubjectaccessreviews", group: "authorization.k8s.io", scope: .cluster),
        schema: object([
            "spec": .structure(.init(fields: ["resourceAttributes": structure("verb", "resource", "namespace")])),
            "status": structure("allowed"),
        ]), emptyObject: ["metadata": emptyMetadata, "spec": [:], "status": ["allowed": false]])

    private static let port = FieldSchema.List.Key("port")
    static let service = TestKind(
        resource: APIResource("Service", "services", subresources: ["status"]),
        schema: object([
            "spec": .structure(
                .init(fields: [
                    "ports": .list(
                        element: structure("name", "protocol", "port", "targetPort", "nodePort"),
                        .init(
                            topology: .map(keys: [port, .init("protocol", default: "TCP")]), patchMerges: true,
                            patchMergeKey: "port")),
                    "selector": .map(value: .scalar, isAtomic: true), "clusterIP": .scalar,
                    "clusterIPs": .atomicList(), "type": .scalar, "sessionAffinity": .scalar,
                    "externalTrafficPolicy": .scalar, "internalTrafficPolicy": .scalar, "ipFamilies": .atomicList(),
                    "ipFamilyPolicy": .scalar, "allocateLoadBalancerNodePorts": .scalar, "loadBalancerClass": .scalar,
                    "externalIPs": .atomicList(),
                ])),
            "status": .structure(
                .init(fields: [
                    "loadBalancer": .structure(
                        .init(fields: ["ingress": .atomicList(structure("ip", "ipMode", "hostname"))]))
                ])),
        ]),
        emptyObject: ["metadata": emptyMetadata, "spec": [:], "status": ["loadBalancer": [:]]],
        deletionReturnsObject: true, setDefaults: Self.setServiceDefaults, decide: Self.allocate)

    @Sendable private static func setServiceDefaults(_ service: inout JSONValue) {
        var spec = service["spec"] ?? [:]
        func setDefault(_ name: String, _ value: JSONValue) { if spec[name] == nil { spec[name] = value } }
        setDefault("type", "ClusterIP")
        setDefault("sessionAffinity", "None")
        setDefault("internalTrafficPolicy", "Cluster")
        if spec["type"] == "LoadBalancer" {
            setDefault("externalTrafficPolicy", "Cluster")
            setDefault("allocateLoadBalancerNodePorts", true)
        }
        spec["ports"] = .array(
            (spec["ports"]?.arrayValue ?? []).map { port in
                var port = port
                port["protocol"] = port["protocol"] ?? "TCP"
                port["targetPort"] = port["targetPort"] ?? port["port"]
                return port
            })
        service["spec"] = spec
        if service["status"]?["loadBalancer"] == nil { service["status"] = ["loadBalancer": [:]] }
    }

    @Sendable private static func allocate(_ service: inout JSONValue, _ context: inout KindContext) {
        var spec = service["spec"] ?? [:]
        spec["clusterIP"] = spec["clusterIP"] ?? "10.96.0.9"
        spec["clusterIPs"] = spec["clusterIPs"] ?? ["10.96.0.9"]
        spec["ipFamilies"] = ["IPv4"]
        spec["ipFamilyPolicy"] = "SingleStack"
        spec["ports"] = .array(
            (spec["ports"]?.arrayValue ?? []).map { port in
                var port = port
                port["nodePort"] = port["nodePort"] ?? .int(30000 + (port["port"]?.intValue ?? 0))
                return port
            })
        service["spec"] = spec
        if service["status"] == nil { service["status"] = ["loadBalancer": [:]] }
    }

    private static let nameText =
        "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
    private static let dataText =
        "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process."
    private static let ageText =
        "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
}
