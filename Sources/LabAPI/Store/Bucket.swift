/// The objects of one storage, in the order of their paths, and their newest changes.
struct Bucket: Sendable {
    private(set) var objects: [StoredObject] = []
    private(set) var history: ChangeHistory

    init(floor: Int64, historyCapacity: Int) {
        history = ChangeHistory(floor: floor, capacity: historyCapacity)
    }

    func object(at path: String) -> StoredObject? {
        let index = Self.lowerBound(objects, path)
        return index < objects.count && objects[index].path == path ? objects[index] : nil
    }

    mutating func put(_ object: StoredObject) -> StoredObject? {
        let index = Self.lowerBound(objects, object.path)
        guard index < objects.count, objects[index].path == object.path else {
            objects.insert(object, at: index)
            history.append(.init(revision: object.revision, kind: .added, object: object, old: nil))
            return nil
        }
        let old = objects[index]
        objects[index] = object
        history.append(.init(revision: object.revision, kind: .modified, object: object, old: old))
        return old
    }

    /// `last` is the object's last state with the deletion's revision.
    mutating func remove(_ last: StoredObject) {
        let index = Self.lowerBound(objects, last.path)
        guard index < objects.count, objects[index].path == last.path else { return }
        let old = objects.remove(at: index)
        history.append(.init(revision: last.revision, kind: .deleted, object: last, old: old))
    }

    /// Fills the bucket at start; no history.
    mutating func load(_ loaded: [StoredObject]) { objects = loaded.sorted { $0.path < $1.path } }

    mutating func compact(to revision: Int64) { history.compact(to: revision) }

    /// The objects as they were at a revision, or nil if that is forgotten.
    func objects(at revision: Int64) -> [StoredObject]? {
        guard revision >= history.floor else { return nil }
        let later = history.after(revision)
        if later.isEmpty { return objects }
        var before: [String: StoredObject?] = [:]
        for entry in later.reversed() { before[entry.object.path] = .some(entry.old) }
        let untouched = objects.filter { before[$0.path] == nil }
        let restored = before.values.compactMap(\.self).sorted { $0.path < $1.path }
        return Self.merged(untouched, restored)
    }

    private static func merged(_ left: [StoredObject], _ right: [StoredObject]) -> [StoredObject] {
        var result: [StoredObject] = []
        result.reserveCapacity(left.count + right.count)
        var (l, r) = (0, 0)
        while l < left.count, r < right.count {
            if left[l].path < right[r].path {
                result.append(left[l])
                l += 1
            } else {
                result.append(right[r])
                r += 1
            }
        }
        return result + left[l...] + right[r...]
    }

    /// The part of ordered objects that lies in a namespace; nil for all.
    static func slice(_ objects: [StoredObject], namespace: String?) -> ArraySlice<StoredObject> {
        guard let namespace else { return objects[...] }
        // "0" is the character after "/".
        return objects[lowerBound(objects, namespace + "/")..<lowerBound(objects, namespace + "0")]
    }

    /// The index of the first object whose path is not below `path`.
    static func lowerBound(_ objects: [StoredObject], _ path: String) -> Int {
        lowerBound(objects[...], path)
    }

    /// The index of the first object whose path is not below `path`.
    static func lowerBound(_ objects: ArraySlice<StoredObject>, _ path: String) -> Int {
        var low = objects.startIndex
        var high = objects.endIndex
        while low < high {
            let middle = (low + high) / 2
            if objects[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
