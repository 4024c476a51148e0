import Controller
import Foundation
import KubernetesClient
import KubernetesObjects

/// As much of an API server as the controller's writes need: versions, merge patches, conflicts.
struct FakeServer {
    private(set) var services: [ObjectKey: Service] = [:]
    private(set) var pools: [ObjectKey: IPAddressPool] = [:]
    private(set) var layer2Advertisements: [ObjectKey: L2Advertisement] = [:]
    private(set) var configurationStates: [ObjectKey: ConfigurationState] = [:]
    /// Writes that were taken, in order.
    private(set) var writes: [ControllerWrite] = []
    /// Names of Secrets.
    var secrets: Set<ObjectKey> = []
    /// Errors that writes of a Secret come to, the next one first.
    var secretFailures: [KubernetesError] = []
    /// Errors that writes of a Service come to, the next one first.
    var failures: [ObjectKey: [KubernetesError]] = [:]
    /// False for a server that does not know conditions of Services.
    var keepsConditions = true
    private var version = 100

    mutating func put(_ service: Service) -> Service {
        var service = service
        version += 1
        service.metadata.resourceVersion = "\(version)"
        if service.metadata.uid.isEmpty { service.metadata.uid = "uid-\(service.metadata.name)" }
        services[service.key] = service
        return service
    }

    mutating func put(_ pool: IPAddressPool) -> IPAddressPool {
        var pool = pool
        version += 1
        pool.metadata.resourceVersion = "\(version)"
        if pool.metadata.uid.isEmpty { pool.metadata.uid = "uid-\(pool.metadata.name)" }
        pools[pool.key] = pool
        return pool
    }

    mutating func removeService(_ key: ObjectKey) { services[key] = nil }
    mutating func removePool(_ key: ObjectKey) { pools[key] = nil }

    mutating func write(_ write: ControllerWrite) throws(KubernetesError) -> WriteAnswer {
        switch write {
        case .serviceStatus(let key, let patch):
            if let error = failures[key]?.first {
                failures[key]?.removeFirst()
                throw error
            }
            guard let service = services[key] else { throw KubernetesError(.notFound, "\(key)") }
            if patch["metadata"]?["resourceVersion"] != .string(service.metadata.resourceVersion) {
                throw KubernetesError(.conflict, "the object has been modified")
            }
            writes.append(write)
            var merged = Self.merge(Self.json(service), patch)
            if !keepsConditions { merged["status"]?["conditions"] = nil }
            return .service(put(Self.decode(merged)))
        case .poolServiceStatus(let key, _), .poolServiceFinalizers(let key, _):
            throw KubernetesError(.notFound, "\(key)")
        case .poolStatus(let key, let status):
            guard var pool = pools[key] else { throw KubernetesError(.notFound, "\(key)") }
            writes.append(write)
            pool.status = status
            _ = put(pool)
        case .configurationState(let object):
            writes.append(write)
            configurationStates[object.key] = object
        case .resources(let changes):
            writes.append(write)
            for change in changes { apply(change) }
        case .helloKey(let key):
            if !secretFailures.isEmpty { throw secretFailures.removeFirst() }
            writes.append(write)
            if !secrets.insert(key).inserted { return .alreadyThere }
        }
        return .done
    }

    private mutating func apply(_ change: ResourceWrite) {
        switch change {
        case .create(.pools, let object): _ = put(Self.decode(object) as IPAddressPool)
        case .patch(.pools, let key, let patch):
            if let pool = pools[key] { _ = put(Self.decode(Self.merge(Self.json(pool), patch)) as IPAddressPool) }
        case .delete(.pools, let key): pools[key] = nil
        case .create(.layer2Advertisements, let object):
            let advertisement: L2Advertisement = Self.decode(object)
            layer2Advertisements[advertisement.key] = advertisement
        case .delete(.layer2Advertisements, let key): layer2Advertisements[key] = nil
        case .create, .patch, .delete: break
        }
    }

    // MARK: JSON
    // A fake that cannot read its own objects is a mistake of the test: it ends there.

    // swift-format-ignore: NeverUseForceTry
    static func json(_ value: some Encodable) -> JSONValue {
        decode(try! JSONEncoder().encode(value))
    }

    // swift-format-ignore: NeverUseForceTry
    static func decode<Value: Decodable>(_ value: JSONValue) -> Value { decode(try! JSONEncoder().encode(value)) }

    // swift-format-ignore: NeverUseForceTry
    static func decode<Value: Decodable>(_ data: Data) -> Value { try! JSONDecoder().decode(Value.self, from: data) }

    /// RFC 7386
    static func merge(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard case .object(let members) = patch else { return patch }
        var result = target.objectValue ?? [:]
        for (key, value) in members {
            if value == .null {
                result.removeValue(forKey: key)
            } else {
                result[key] = merge(result[key] ?? .object([:]), value)
            }
        }
        return .object(result)
    }
}
