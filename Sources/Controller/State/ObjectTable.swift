import KubernetesObjects

/// Objects by key, each in a place of its own: a hash table keeps up to half of its places empty, and an object is large.
struct ObjectTable<Object: KubernetesObject & Equatable>: Sendable {
    private final class Place: Sendable {
        let object: Object

        init(_ object: Object) { self.object = object }
    }

    private var places: [ObjectKey: Place] = [:]

    init(minimumCapacity: Int = 0) { places.reserveCapacity(minimumCapacity) }

    var count: Int { places.count }
    var keys: some Collection<ObjectKey> { places.keys }
    var values: some Collection<Object> { places.values.lazy.map(\.object) }

    subscript(key: ObjectKey) -> Object? {
        get { places[key]?.object }
        set { places[key] = newValue.map(Place.init) }
    }

    func has(_ key: ObjectKey) -> Bool { places[key] != nil }
}
