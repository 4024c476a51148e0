import KubernetesClient
import KubernetesObjects

/// The newest known objects of one kind.
struct ObjectCache<Object: KubernetesObject & Equatable>: Sendable {
    private(set) var objects = ObjectTable<Object>()
    /// Objects that exist but do not decode. What was known of them stays in `objects`.
    private(set) var unreadable: [ObjectKey: UnreadableObject] = [:]
    /// True once a whole list has arrived, or the server has said that it does not serve the kind.
    private(set) var isComplete = false
    /// True if the server does not serve the kind, as far as is known.
    private(set) var isAbsent = false
    /// Why nothing new arrives; nil while it does.
    private(set) var outage: KubernetesError?
    /// True if a cluster may do without the kind, so that its absence is an answer.
    let isOptional: Bool

    init(isOptional: Bool = false) { self.isOptional = isOptional }

    /// What an event changed.
    struct Change: Sendable {
        /// New, changed and gone objects.
        var keys: [ObjectKey] = []
        /// True if `isComplete` has become true.
        var isFirst = false

        var isEmpty: Bool { keys.isEmpty && !isFirst }
    }

    /// Takes an event in. `digest` keeps of an object what is looked at.
    mutating func apply(_ event: ReflectorEvent<Object>, digest: (Object) -> Object = { $0 }) -> Change {
        switch event {
        case .replaced(let list, let unreadable, _): return replace(list, unreadable, digest)
        case .applied(let object): return store(digest(object))
        case .deleted(let key):
            unreadable[key] = nil
            guard objects.has(key) else { return Change() }
            objects[key] = nil
            return Change(keys: [key])
        case .unreadable(let object):
            unreadable[object.key] = object
            return Change(keys: [object.key])
        case .connection(.connected):
            outage = nil
            isAbsent = false
            return Change()
        case .connection(.offline(let error)):
            outage = error
            return Change()
        case .connection(.absent):
            // Not a deletion: what was known of a kind that the server no longer serves stays.
            isAbsent = true
            guard isOptional, !isComplete else { return Change() }
            isComplete = true
            return Change(isFirst: true)
        }
    }

    /// Stores the newest form of an object.
    mutating func store(_ object: Object) -> Change {
        let wasUnreadable = unreadable.removeValue(forKey: object.key) != nil
        let isNew = objects[object.key] != object
        if isNew { objects[object.key] = object }
        return Change(keys: isNew || wasUnreadable ? [object.key] : [])
    }

    private mutating func replace(
        _ list: [Object], _ unreadableList: [UnreadableObject], _ digest: (Object) -> Object
    ) -> Change {
        var change = Change(isFirst: !isComplete)
        isComplete = true
        let oldUnreadable = unreadable
        unreadable = Dictionary(unreadableList.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        // One by one, so that neither a second list nor a second table of a large kind is ever whole.
        var fresh = ObjectTable<Object>(minimumCapacity: list.count)
        for object in list {
            let (key, object) = (object.key, digest(object))
            if objects[key] != object { change.keys.append(key) }
            fresh[key] = object
        }
        for key in unreadable.keys where !fresh.has(key) { fresh[key] = objects[key] }
        change.keys += objects.keys.filter { !fresh.has($0) }
        objects = fresh
        change.keys += unreadable.filter { oldUnreadable[$0.key] != $0.value }.map(\.key)
        return change
    }
}
