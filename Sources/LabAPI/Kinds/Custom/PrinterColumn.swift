import KubernetesObjects

/// A column that a definition of custom resources asks for (`additionalPrinterColumns`).
struct PrinterColumn: Sendable, Hashable {
    let column: TableColumn
    private let path: JSONPath

    /// Nil for a path that cannot be followed.
    init?(_ json: JSONValue) {
        guard let path = JSONPath(json.text("jsonPath")) else { return nil }
        self.path = path
        let description = json.text("description")
        column = TableColumn(
            name: json.text("name"), type: json.text("type"), format: json.text("format"),
            description: description.isEmpty
                ? "Custom resource definition column (in JSONPath format): \(json.text("jsonPath"))" : description,
            priority: Int(json.number("priority")))
    }

    /// Null is shown as `<none>`.
    func cell(of object: JSONValue, at now: Timestamp) -> JSONValue {
        let values = path.values(in: object)
        guard let value = values.first else { return .null }
        switch (column.type, value) {
        case ("string", _):
            return .string(values.map { $0.stringValue ?? JSONWriter.text($0) }.joined(separator: " "))
        case ("integer", .int), ("number", .int), ("number", .double), ("boolean", .bool): return value
        case ("integer", .double(let number)): return Int64(exactly: number.rounded()).map(JSONValue.int) ?? .null
        case ("date", .string(let text)):
            guard let time = Timestamp(text) else { return "<invalid>" }
            return .string(HumanAge.text(seconds: now.seconds - time.seconds))
        default: return .null
        }
    }
}
