import FoundationEssentials
import KubernetesObjects

extension LabCluster {
    /// Events that one poll returns at most, so that a long start is sent in parts.
    private static let batch = 500
    /// Seconds between bookmarks; one more is sent shortly before the end, as by kube-apiserver.
    private static let bookmarkInterval: Int64 = 60

    mutating func watch(_ call: Call, _ form: Representation) throws(APIStatus) -> APIResponse {
        let options = try ListOptions(call.request)
        let filter = try ObjectFilter(
            options, namespace: call.target.namespace, name: call.target.name, behavior: call.behavior)
        let asked = try options.revision()
        let startsWithObjects = options.sendsInitialEvents ?? ((asked ?? 0) == 0)
        let duration = options.timeout ?? Int64.random(in: 1800...3600, using: &random)
        let deadline = Timestamp(seconds: call.now.seconds + max(0, duration), nanoseconds: call.now.nanoseconds)
        var table: TableForm?
        if case .table(let version) = form { table = TableForm(call, version: version) }
        var watch = Watch(
            call: call, filter: filter, form: form, table: table, allowsBookmarks: options.allowsBookmarks,
            initial: [], cursor: asked ?? store.revision, deadline: deadline)
        if startsWithObjects {
            watch.initial = store.storedObjects(call.storage, namespace: call.target.namespace)
            watch.cursor = max(store.revision, asked ?? 0)
            if options.sendsInitialEvents == true { watch.initialEnd = watch.cursor }
        } else if (asked ?? 0) == 0 {
            watch.cursor = store.revision
        }
        scheduleBookmark(&watch, at: call.now)
        return APIResponse(status: 200, headers: [("content-type", "application/json")], body: .watch(watch))
    }

    /// What a watch is to be sent now.
    package func poll(_ watch: inout Watch, at now: Timestamp) -> WatchLines {
        var lines = WatchLines()
        sendInitial(&watch, &lines, now)
        if lines.hasMore { return lines }
        if let end = watch.initialEnd {
            watch.initialEnd = nil
            if watch.allowsBookmarks { lines.bytes += bookmark(&watch, end, endsInitialEvents: true) }
        }
        guard let changes = store.changes(watch.storage, after: watch.cursor) else {
            watch.isFinished = true
            let floor = store.floor(of: watch.storage)
            let refusal = APIStatus(
                code: 410, reason: "Expired", message: "too old resource version: \(watch.cursor) (\(floor))")
            lines.bytes += Self.line("ERROR", JSONWriter.bytes(refusal.json))
            return lines
        }
        for change in changes.prefix(Self.batch) {
            if let event = event(change, &watch, now) { lines.bytes += event }
            watch.cursor = change.revision
        }
        lines.hasMore = changes.count > Self.batch
        if lines.hasMore { return lines }
        if let due = watch.nextBookmark, due <= now {
            // Everything up to the store's revision has been looked at.
            watch.cursor = max(watch.cursor, store.revision)
            lines.bytes += bookmark(&watch, watch.cursor, endsInitialEvents: false)
            scheduleBookmark(&watch, at: now)
        }
        watch.isFinished = watch.deadline <= now
        return lines
    }

    private func sendInitial(_ watch: inout Watch, _ lines: inout WatchLines, _ now: Timestamp) {
        for _ in 0..<Self.batch {
            guard let object = watch.initial.popFirst() else { return }
            if watch.filter.matches(object) { lines.bytes += Self.line("ADDED", encoded(object, &watch, now)) }
        }
        lines.hasMore = !watch.initial.isEmpty
    }

    /// What a change is for this watch: an object that leaves the selection is deleted for it.
    private func event(_ change: ChangeHistory.Entry, _ watch: inout Watch, _ now: Timestamp) -> [UInt8]? {
        let was = change.old.map(watch.filter.matches) ?? false
        let isThere = change.kind != .deleted && watch.filter.matches(change.object)
        switch (was, isThere) {
        case (false, false): return nil
        case (false, true): return Self.line("ADDED", encoded(change.object, &watch, now))
        case (true, true): return Self.line("MODIFIED", encoded(change.object, &watch, now))
        case (true, false):
            if change.kind == .deleted { return Self.line("DELETED", encoded(change.object, &watch, now)) }
            // Its last selected state, with the revision of the change that took it out.
            guard let old = change.old else { return nil }
            var object = old.json
            var metadata = object["metadata"] ?? [:]
            metadata["resourceVersion"] = .string(String(change.revision))
            object["metadata"] = metadata
            let left = StoredObject(key: old.key, json: object, revision: change.revision)
            return Self.line("DELETED", encoded(left, &watch, now))
        }
    }

    private func encoded(_ object: StoredObject, _ watch: inout Watch, _ now: Timestamp) -> [UInt8] {
        switch watch.form {
        case .object, .discovery:
            return EncodedObject.prefix(watch.call.resource)
                + EncodedObject.members(object, in: watch.call.resource, registry) + [UInt8(ascii: "}")]
        case .partial(let version):
            return JSONWriter.bytes(
                MetadataForm.object(registry.convert(object.json, to: watch.call.resource), version: version))
        case .table:
            return encodedTable(registry.convert(object.json, to: watch.call.resource), &watch, now)
        }
    }

    private func encodedTable(_ object: JSONValue, _ watch: inout Watch, _ now: Timestamp) -> [UInt8] {
        guard let table = watch.table?.at(now) else { return [] }
        defer { watch.hasSentColumns = true }
        let revision = object["metadata"]?["resourceVersion"] ?? ""
        return JSONWriter.bytes(
            table.document(
                rows: [table.row(object)], metadata: ["resourceVersion": revision],
                withColumns: !watch.hasSentColumns))
    }

    private func bookmark(_ watch: inout Watch, _ revision: Int64, endsInitialEvents: Bool) -> [UInt8] {
        let resource = watch.call.resource
        var metadata: JSONValue = ["resourceVersion": .string(String(revision)), "creationTimestamp": .null]
        if endsInitialEvents {
            let blueprint =
                "{\"kind\":\"\(resource.kind)List\",\"apiVersion\":\"\(resource.apiVersion)\",\"metadata\":{},\"items\":null}\n"
            metadata["annotations"] = [
                "k8s.io/initial-events-end": "true",
                "kubernetes.io/initial-events-list-blueprint": .string(Data(blueprint.utf8).base64EncodedString()),
            ]
        }
        var object = watch.call.behavior.emptyObject
        object["kind"] = .string(resource.kind)
        object["apiVersion"] = .string(resource.apiVersion)
        object["metadata"] = metadata
        switch watch.form {
        case .object, .discovery: return Self.line("BOOKMARK", JSONWriter.bytes(object))
        case .partial(let version):
            return Self.line("BOOKMARK", JSONWriter.bytes(MetadataForm.object(object, version: version)))
        case .table: return Self.line("BOOKMARK", encodedTable(object, &watch, watch.call.now))
        }
    }

    private func scheduleBookmark(_ watch: inout Watch, at now: Timestamp) {
        guard watch.allowsBookmarks else { return }
        let regular = now.seconds + Self.bookmarkInterval
        let last = watch.deadline.seconds - 2
        let next = last > now.seconds ? min(regular, last) : regular
        watch.nextBookmark = Timestamp(seconds: next, nanoseconds: now.nanoseconds)
    }

    private static func line(_ type: String, _ object: [UInt8]) -> [UInt8] {
        Array("{\"type\":\"\(type)\",\"object\":".utf8) + object + [UInt8(ascii: "}"), 0x0A]
    }
}
