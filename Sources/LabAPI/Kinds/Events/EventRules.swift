import KubernetesObjects

/// Events, in the core group and, with other names for the same fields, in `events.k8s.io`.
struct EventRules: KindRules {
    let isNew: Bool

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        let event = isNew ? EventConversion.core(object) : object
        return isNew ? newProblems(object) : legacyProblems(event)
    }

    /// `legacyValidateEvent`: an Event stands in its object's namespace, or in `default` for objects of the cluster.
    private func legacyProblems(_ event: JSONValue) -> [APIStatus.Cause] {
        let namespace = event.metadataText("namespace")
        let involved = event["involvedObject"]?.text("namespace") ?? ""
        if involved.isEmpty ? namespace.isEmpty || namespace == "default" : involved == namespace { return [] }
        return [.invalid("involvedObject.namespace", value: quoted(involved), "does not match event.namespace")]
    }

    /// `ValidateEventCreate` of `events.k8s.io/v1`.
    private func newProblems(_ event: JSONValue) -> [APIStatus.Cause] {
        // One that was written in the core group keeps its liberties.
        if event["eventTime"] == nil || event["eventTime"] == .null, !event.text("deprecatedFirstTimestamp").isEmpty {
            return []
        }
        var causes: [APIStatus.Cause] = []
        if event.text("eventTime").isEmpty { causes.append(.required("eventTime")) }
        let type = event.text("type")
        if type != "Normal", type != "Warning" { causes.append(.invalid("type", value: quoted(type), "")) }
        for member in ["reportingController", "reportingInstance", "action", "reason"] where event.text(member).isEmpty
        {
            causes.append(.required(member))
        }
        for (member, limit) in [("reportingInstance", 128), ("action", 128), ("reason", 128), ("note", 1024)]
        where event.text(member).utf8.count > limit {
            causes.append(.invalid(member, value: quoted(""), "can have at most \(limit) characters"))
        }
        let namespace = event.metadataText("namespace")
        let regarding = event["regarding"]?.text("namespace") ?? ""
        if regarding.isEmpty ? namespace != "default" : regarding != namespace {
            causes.append(.invalid("regarding.namespace", value: quoted(regarding), "does not match event.namespace"))
        }
        return causes
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        let event = isNew ? EventConversion.core(object) : object
        let involved = event["involvedObject"] ?? [:]
        var fields: [String: String] = [:]
        for member in ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] {
            fields["involvedObject.\(member)"] = involved.text(member)
            if isNew { fields["regarding.\(member)"] = involved.text(member) }
        }
        let source = event["source"]?.text("component") ?? ""
        fields["reason"] = event.text("reason")
        fields["type"] = event.text("type")
        fields["reportingComponent"] = event.text("reportingComponent")
        fields["source"] = source.isEmpty ? event.text("reportingComponent") : source
        return fields
    }

    var columns: [TableColumn] {
        [
            .text("Last Seen", "The time at which the most recent occurrence of this event was recorded."),
            .text("Type", "Type of this event (Normal, Warning), new types could be added in the future"),
            .text(
                "Reason",
                "This should be a short, machine understandable string that gives the reason for the transition into the object's current status."
            ), .text("Object", "The object that this event is about."),
            .text(
                "Subobject",
                "If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2].",
                wide: true),
            .text(
                "Source", "The component reporting this event. Should be a short machine understandable string.",
                wide: true),
            .text("Message", "A human-readable description of the status of this operation."),
            .text(
                "First Seen",
                "The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)", wide: true),
            .text("Count", "The number of times this event has occurred.", wide: true),
            TableColumn(
                name: "Name", type: "string", format: "name", description: TableColumn.name.description, priority: 1),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let event = isNew ? EventConversion.core(object) : object
        func seen(_ time: JSONValue?) -> String? {
            time?.stringValue == nil ? nil : HumanAge.text(since: time, at: now)
        }
        let first = seen(event["firstTimestamp"]) ?? seen(event["eventTime"]) ?? "<unknown>"
        let series = event["series"]
        let last = seen(series?["lastObservedTime"]) ?? seen(event["lastTimestamp"]) ?? first
        let count = series?.number("count") ?? max(event.number("count"), 1)
        let involved = event["involvedObject"] ?? [:]
        let kind = involved.text("kind").lowercased()
        let target = involved.text("name").isEmpty ? kind : "\(kind)/\(involved.text("name"))"
        return [
            .string(last), .string(event.text("type")), .string(event.text("reason")), .string(target),
            .string(involved.text("fieldPath")), .string(source(event)),
            .string(Self.trimmed(event.text("message"))), .string(first), .int(count),
            .string(event.metadataText("name")),
        ]
    }

    private func source(_ event: JSONValue) -> String {
        let source = event["source"] ?? [:]
        let component = [source.text("component"), event.text("reportingComponent")].first { !$0.isEmpty }
        let instance = [source.text("host"), event.text("reportingInstance")].first { !$0.isEmpty }
        return [component, instance].compactMap(\.self).joined(separator: ", ")
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...].drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

/// The two forms of an Event (`pkg/apis/events/v1/conversion.go`).
enum EventConversion {
    /// Core name, name in `events.k8s.io`.
    private static let names = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    static func core(_ event: JSONValue) -> JSONValue { renamed(event, names.map { (from: $0.1, to: $0.0) }) }

    static func new(_ event: JSONValue) -> JSONValue { renamed(event, names.map { (from: $0.0, to: $0.1) }) }

    private static func renamed(_ event: JSONValue, _ names: [(from: String, to: String)]) -> JSONValue {
        var result = event
        for name in names {
            guard let value = result[name.from] else { continue }
            result[name.from] = nil
            result[name.to] = value
        }
        return result
    }
}
