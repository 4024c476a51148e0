import KubernetesObjects
import LabAPI

/// A kind without rules, apart from the few that its neighbours cannot do without.
struct OpenKind: KindBehavior {
    var resource: APIResource

    var schema: FieldSchema { .any }
    var emptyObject: JSONValue { ["metadata": [:]] }
    var deletionReturnsObject: Bool { ["Service", "Pod"].contains(resource.kind) }
    var keepsStatusOnCreate: Bool { resource.kind == "Node" }
    var columns: [TableColumn] {
        [
            TableColumn(name: "Name", type: "string", format: "name", description: "Name of the object."),
            TableColumn(name: "Created At", type: "date", description: "When the object was made."),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        [object["metadata"]?["name"] ?? "", object["metadata"]?["creationTimestamp"] ?? ""]
    }

    func unknownFields(_ object: JSONValue) -> [String] { [] }

    func normalize(_ object: inout JSONValue) throws(APIStatus) {
        guard resource.kind == "Service", var spec = object["spec"] else { return }
        spec["type"] = spec["type"] ?? "ClusterIP"
        spec["ports"] = .array(
            (spec["ports"]?.arrayValue ?? []).map { port in
                var port = port
                port["protocol"] = port["protocol"] ?? "TCP"
                port["targetPort"] = port["targetPort"] ?? port["port"]
                return port
            })
        object["spec"] = spec
    }

    func prepareForCreate(_ object: inout JSONValue, context: inout KindContext) throws(APIStatus) {
        var random = context.random
        defer { context.random = random }
        if resource.kind == "Namespace" { object["status"] = ["phase": "Active"] }
        if object["spec"] != nil, resource.kind != "Service" { setGeneration(1, &object) }
        guard resource.kind == "Service", var spec = object["spec"] else { return }
        let address = JSONValue.string(
            "10.96.\(UInt8.random(in: 1...250, using: &random)).\(UInt8.random(in: 1...250, using: &random))")
        spec["clusterIP"] = spec["clusterIP"] ?? address
        spec["clusterIPs"] = spec["clusterIPs"] ?? [spec["clusterIP"] ?? address]
        if spec["type"] != "ClusterIP" {
            spec["ports"] = .array(
                (spec["ports"]?.arrayValue ?? []).map { port in
                    var port = port
                    port["nodePort"] = port["nodePort"] ?? .int(.random(in: 30000...32767, using: &random))
                    return port
                })
        }
        object["spec"] = spec
        object["status"] = ["loadBalancer": [:]]
    }

    func prepareForUpdate(
        _ new: inout JSONValue, old: JSONValue, subresource: String?, context: inout KindContext
    ) throws(APIStatus) {
        guard let generation = old["metadata"]?["generation"]?.intValue, new["spec"] != old["spec"] else { return }
        setGeneration(generation + 1, &new)
    }

    private func setGeneration(_ generation: Int64, _ object: inout JSONValue) {
        var metadata = object["metadata"] ?? [:]
        metadata["generation"] = .int(generation)
        object["metadata"] = metadata
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        switch resource.kind {
        case "Pod":
            [
                "spec.nodeName": object["spec"]?["nodeName"]?.stringValue ?? "",
                "status.phase": object["status"]?["phase"]?.stringValue ?? "",
            ]
        case "Event":
            [
                "involvedObject.name": object["involvedObject"]?["name"]?.stringValue ?? "",
                "involvedObject.namespace": object["involvedObject"]?["namespace"]?.stringValue ?? "",
                "involvedObject.kind": object["involvedObject"]?["kind"]?.stringValue ?? "",
                "involvedObject.uid": object["involvedObject"]?["uid"]?.stringValue ?? "",
            ]
        default: [:]
        }
    }
}
