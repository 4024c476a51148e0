import Benchmarking
import Controller
import Foundation
import KubernetesClient
import KubernetesObjects
import LabAPI

/// The lab's API as the controller and people use it, without network: each call is one request that has happened when it
/// returns.
struct LabServer {
    /// What happens to a request on its way.
    enum Fault: Sendable, Equatable {
        /// It is not carried out.
        case refused(KubernetesError.Code)
        /// It is carried out, and the answer is lost.
        case answerLost
        /// Somebody else changes the object right before it.
        case overtaken
        /// The process that asks is gone before it.
        case dead
    }

    private var cluster: LabCluster
    private var now: Timestamp
    /// Asked before each request of the controller's: its number counts from the start of a write.
    private(set) var requests = 0

    static let namespace = "metallb-system"

    /// - Parameter serviceRanges: where cluster addresses come from.
    init(random: SplitMix, serviceRanges: [ServiceRange] = ServiceRange.kubeadm) {
        now = Timestamp(seconds: 1_780_000_000)
        var registry = ResourceRegistry(serviceRanges: serviceRanges)
        for (plural, kind) in [
            ("ipaddresspools", "IPAddressPool"), ("l2advertisements", "L2Advertisement"),
            ("configurationstates", "ConfigurationState"), ("poolservices", "PoolService"), ("nodepools", "NodePool"),
        ] {
            _ = registry.install(crd: Self.definition(plural, kind), now: now)
        }
        cluster = LabCluster(registry: registry, random: random)
        for name in ["default", "shop", Self.namespace] {
            ask("POST", "/api/v1/namespaces", ["metadata": ["name": .string(name)]])
        }
    }

    /// A kind that takes anything.
    private static func definition(_ plural: String, _ kind: String) -> JSONValue {
        let anything: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        return [
            "metadata": ["name": .string("\(plural).\(group(of: plural).name)")],
            "spec": [
                "group": .string(group(of: plural).name), "scope": plural == "nodepools" ? "Cluster" : "Namespaced",
                "names": [
                    "kind": .string(kind), "listKind": .string(kind + "List"), "plural": .string(plural),
                    "singular": .string(kind.lowercased()),
                ],
                "versions": [
                    [
                        "name": .string(group(of: plural).version), "served": true, "storage": true,
                        "subresources": ["status": [:]],
                        "schema": [
                            "openAPIV3Schema": [
                                "type": "object", "properties": ["spec": anything, "status": anything],
                            ]
                        ],
                    ]
                ],
            ],
        ]
    }

    private static func group(of plural: String) -> (name: String, version: String) {
        switch plural {
        case "poolservices": ("network.openyurt.io", "v1alpha1")
        case "nodepools": ("apps.openyurt.io", "v1beta1")
        default: ("metallb.io", "v1beta1")
        }
    }

    // MARK: requests

    /// Moves the clock.
    mutating func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int64(now.nanoseconds) + attoseconds / 1_000_000_000
        now = Timestamp(
            seconds: now.seconds + seconds + nanoseconds / 1_000_000_000,
            nanoseconds: Int32(nanoseconds % 1_000_000_000))
    }

    /// Now, as the API writes it.
    var timestamp: String { now.text }

    @discardableResult
    mutating func ask(_ method: String, _ path: String, _ body: JSONValue? = nil) -> (status: Int, json: JSONValue) {
        var headers = ["accept": "application/json"]
        headers["content-type"] = method == "PATCH" ? "application/merge-patch+json" : "application/json"
        let request = APIRequest(
            method: method, path: path, headers: headers, body: body.map { JSONWriter.bytes($0) } ?? [])
        let response = cluster.handle(request, at: now)
        let json = (try? JSONReader.read(response.bytes).value) ?? [:]
        return (response.status, json)
    }

    static func path(_ plural: String, _ namespace: String? = nil, _ name: String? = nil) -> String {
        let isCore = ["services", "namespaces", "configmaps", "secrets"].contains(plural)
        let group = group(of: plural)
        let parts = [
            isCore ? "/api/v1" : "/apis/\(group.name)/\(group.version)",
            namespace.flatMap { $0.isEmpty ? nil : "namespaces/\($0)" }, plural, name,
        ]
        return parts.compactMap { $0 }.joined(separator: "/")
    }

    // MARK: what the controller reads

    /// All objects of a kind and the version of the list.
    mutating func list<Object: KubernetesObject>(_ type: Object.Type, _ plural: String) -> ([Object], String) {
        let (_, json) = ask("GET", Self.path(plural))
        let version = json["metadata"]?["resourceVersion"]?.stringValue ?? ""
        return ((json["items"]?.arrayValue ?? []).compactMap { Self.decode($0) }, version)
    }

    /// A watch from a version on.
    mutating func watch(_ plural: String, from version: String) -> Watch? {
        let request = APIRequest(
            method: "GET", path: Self.path(plural),
            query: [("watch", "1"), ("resourceVersion", version), ("timeoutSeconds", "1000000000")],
            headers: ["accept": "application/json"])
        guard case .watch(let watch) = cluster.handle(request, at: now).body else { return nil }
        return watch
    }

    /// What is new on a watch.
    func poll<Object: KubernetesObject>(_ watch: inout Watch, _ type: Object.Type) -> [ReflectorEvent<Object>] {
        let bytes = cluster.poll(&watch, at: now).bytes
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let json = try? JSONReader.read(Array(line)).value, let object = json["object"],
                let read: Object = Self.decode(object)
            else { return nil }
            return json["type"]?.stringValue == "DELETED" ? .deleted(read.key) : .applied(read)
        }
    }

    func object<Object: KubernetesObject>(_ type: Object.Type, _ plural: String, _ key: KubernetesObjects.ObjectKey)
        -> Object?
    {
        var copy = self
        let (status, json) = copy.ask("GET", Self.path(plural, key.namespace, key.name))
        return status == 200 ? Self.decode(json) : nil
    }

    static func decode<Value: Decodable>(_ json: JSONValue) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(JSONWriter.bytes(json)))
    }

    // MARK: what the controller writes

    /// Carries a write of the controller's out, request by request, as `KubernetesControllerAPI` does.
    /// - Parameter fault: what happens to each request.
    mutating func write(
        _ write: ControllerWrite, fault: () -> Fault?
    ) throws(KubernetesError) -> WriteAnswer {
        switch write {
        case .serviceStatus(let key, let patch):
            let json = try request(
                "PATCH", Self.path("services", key.namespace, key.name) + "/status", patch, fault())
            guard let service: Service = Self.decode(json) else {
                throw KubernetesError(.badAnswer, "the Service does not decode")
            }
            return .service(service)
        case .poolServiceStatus(let key, let patch):
            return .poolService(try poolService(key, "/status", patch, fault()))
        case .poolServiceFinalizers(let key, let patch):
            return .poolService(try poolService(key, "", patch, fault()))
        case .poolStatus(let key, let status):
            _ = try request(
                "PATCH", Self.path("ipaddresspools", key.namespace, key.name) + "/status",
                [
                    "status": [
                        "assignedIPv4": .int(status.assignedIPv4 ?? 0),
                        "assignedIPv6": .int(status.assignedIPv6 ?? 0),
                        "availableIPv4": .int(status.availableIPv4 ?? 0),
                        "availableIPv6": .int(status.availableIPv6 ?? 0),
                    ]
                ], fault())
        case .configurationState(let object): try writeState(object, fault)
        case .resources(let writes): try writeResources(writes, fault)
        case .helloKey(let key):
            do throws(KubernetesError) {
                _ = try request(
                    "POST", Self.path("secrets", key.namespace), ["metadata": ["name": .string(key.name)]], fault())
            } catch {
                guard error.code == .alreadyExists else { throw error }
                return .alreadyThere
            }
        }
        return .done
    }

    private mutating func poolService(
        _ key: KubernetesObjects.ObjectKey, _ part: String, _ patch: JSONValue, _ fault: Fault?
    ) throws(KubernetesError) -> PoolService {
        let json = try request("PATCH", Self.path("poolservices", key.namespace, key.name) + part, patch, fault)
        guard let poolService: PoolService = Self.decode(json) else {
            throw KubernetesError(.badAnswer, "the PoolService does not decode")
        }
        return poolService
    }

    /// Reads a Service past every cache.
    mutating func service(
        _ key: KubernetesObjects.ObjectKey, fault: Fault?
    ) throws(KubernetesError) -> Service {
        let json = try request("GET", Self.path("services", key.namespace, key.name), nil, fault)
        guard let service: Service = Self.decode(json) else {
            throw KubernetesError(.badAnswer, "the Service does not decode")
        }
        return service
    }

    private mutating func writeState(
        _ object: ConfigurationState, _ fault: () -> Fault?
    ) throws(KubernetesError) {
        let path = Self.path("configurationstates", object.metadata.namespace)
        let status = object.status
        let body: JSONValue = [
            "status": [
                "result": .string(status.result ?? ""),
                "errorSummary": status.errorSummary.map { .string($0) } ?? .null,
            ]
        ]
        let name = object.metadata.name
        do throws(KubernetesError) {
            _ = try request("PATCH", "\(path)/\(name)/status", body, fault())
        } catch {
            guard error.code == .notFound else { throw error }
            let object: JSONValue = [
                "apiVersion": "metallb.io/v1beta1", "kind": "ConfigurationState", "metadata": ["name": .string(name)],
            ]
            do throws(KubernetesError) {
                _ = try request("POST", path, object, fault())
            } catch {
                guard error.code == .alreadyExists else { throw error }
            }
            _ = try request("PATCH", "\(path)/\(name)/status", body, fault())
        }
    }

    private mutating func writeResources(
        _ writes: [ResourceWrite], _ fault: () -> Fault?
    ) throws(KubernetesError) {
        var failure: KubernetesError?
        for write in writes {
            do throws(KubernetesError) {
                switch write {
                case .create(let kind, let object):
                    _ = try request("POST", Self.path(kind.plural, Self.namespace), object, fault())
                case .patch(let kind, let key, let patch):
                    _ = try request("PATCH", Self.path(kind.plural, key.namespace, key.name), patch, fault())
                case .delete(let kind, let key):
                    _ = try request("DELETE", Self.path(kind.plural, key.namespace, key.name), nil, fault())
                }
            } catch {
                if error.code == .cancelled { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private mutating func request(
        _ method: String, _ path: String, _ body: JSONValue?, _ fault: Fault?
    ) throws(KubernetesError) -> JSONValue {
        requests += 1
        switch fault {
        case .dead: throw KubernetesError(.cancelled, "the process is gone")
        case .refused(let code): throw KubernetesError(code, "refused on purpose")
        case .overtaken:
            let object = path.hasSuffix("/status") ? String(path.dropLast("/status".count)) : path
            if method == "PATCH" {
                ask("PATCH", object, ["metadata": ["labels": ["overtaken": .string("\(requests)")]]])
            }
        case .answerLost, nil: break
        }
        let (status, json) = ask(method, path, body)
        if fault == .answerLost { throw KubernetesError(.timeout, "the answer is lost") }
        if (200..<300).contains(status) { return json }
        let message = json["message"]?.stringValue ?? "status \(status)"
        switch status {
        case 404: throw KubernetesError(.notFound, message)
        case 409:
            let exists = json["reason"]?.stringValue == "AlreadyExists"
            throw KubernetesError(exists ? .alreadyExists : .conflict, message)
        case 422: throw KubernetesError(.invalid, message)
        default: throw KubernetesError(.rejected(status: status), message)
        }
    }
}
