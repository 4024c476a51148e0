import KubernetesObjects

/// Objects as rows, for `kubectl get` (`metav1.Table`).
struct TableForm: Sendable {
    /// What a row carries of its object (`includeObject`).
    enum Inclusion: String, Sendable { case none = "None", metadata = "Metadata", object = "Object" }

    private let behavior: any KindBehavior
    private let version: String
    private let inclusion: Inclusion
    private let now: Timestamp

    init(_ call: Call, version: String) {
        behavior = call.behavior
        self.version = version
        inclusion = call.request.parameter("includeObject").flatMap(Inclusion.init(rawValue:)) ?? .metadata
        now = call.now
    }

    /// The same table at another time, for the ages in a watch.
    func at(_ now: Timestamp) -> TableForm {
        TableForm(behavior: behavior, version: version, inclusion: inclusion, now: now)
    }

    private init(behavior: any KindBehavior, version: String, inclusion: Inclusion, now: Timestamp) {
        self.behavior = behavior
        self.version = version
        self.inclusion = inclusion
        self.now = now
    }

    func row(_ object: JSONValue) -> JSONValue {
        var row: [String: JSONValue] = ["cells": .array(behavior.cells(of: object, at: now))]
        switch inclusion {
        case .none: row["object"] = .null
        case .metadata: row["object"] = MetadataForm.object(object, version: version)
        case .object: row["object"] = object
        }
        return .object(row)
    }

    /// `withColumns` false writes null: later events of a watch.
    func document(rows: [JSONValue], metadata: [String: JSONValue], withColumns: Bool = true) -> JSONValue {
        let columns = behavior.columns.map { column -> JSONValue in
            [
                "name": .string(column.name), "type": .string(column.type), "format": .string(column.format),
                "description": .string(column.description), "priority": .int(Int64(column.priority)),
            ]
        }
        return [
            "kind": "Table", "apiVersion": .string("meta.k8s.io/\(version)"), "metadata": .object(metadata),
            "columnDefinitions": withColumns ? .array(columns) : .null, "rows": .array(rows),
        ]
    }
}

/// Objects reduced to their metadata (`metav1.PartialObjectMetadata`).
enum MetadataForm {
    static func object(_ object: JSONValue, version: String) -> JSONValue {
        [
            "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"),
            "metadata": object["metadata"] ?? [:],
        ]
    }
}
