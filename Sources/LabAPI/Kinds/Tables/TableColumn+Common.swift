extension TableColumn {
    /// The first column of nearly every table.
    static let name = TableColumn(
        name: "Name", type: "string", format: "name",
        description:
            "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
    )

    /// The last column of nearly every table.
    static let age = TableColumn(
        name: "Age", type: "string",
        description:
            "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
    )

    /// A column of texts.
    static func text(_ name: String, _ description: String, wide: Bool = false) -> TableColumn {
        TableColumn(name: name, type: "string", description: description, priority: wide ? 1 : 0)
    }

    /// A column of integers.
    static func integer(_ name: String, _ description: String, wide: Bool = false) -> TableColumn {
        TableColumn(name: name, type: "integer", description: description, priority: wide ? 1 : 0)
    }
}
