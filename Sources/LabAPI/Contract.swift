package import KubernetesObjects

// What the request pipeline (Requests, Store, Patches) and the kinds (Kinds, Controllers) ask of each other.
//
// A write goes through these steps:
//   decode → unknownFields → normalize → metadata, ownership of fields → prepareForCreate or prepareForUpdate → store
// so what `normalize` adds is owned by the writer, and what `prepare…` adds (a cluster IP, a node port) is not: as in
// kube-apiserver, where defaulting is part of decoding and allocation is part of storing.

/// What is particular to one kind in one version. The pipeline does everything that all kinds share: names, metadata,
/// resource versions, finalizers, ownership of fields, and keeping `status` and the rest apart on updates.
package protocol KindBehavior: Sendable {
    /// The kind's shape, `metadata` included.
    var schema: FieldSchema { get }

    /// What Go's zero value of the kind is encoded as: the members that are written even when they are empty, such as
    /// `{"spec": {}, "status": {"loadBalancer": {}}}` for a Service and nothing for a custom resource. Nobody owns
    /// these when an object is created.
    var emptyObject: JSONValue { get }

    /// True where DELETE answers with the object, as for Services, and false where it answers with a Status.
    var deletionReturnsObject: Bool { get }

    /// True where a create may bring a `status`, as for Nodes. Elsewhere the pipeline removes it before
    /// `prepareForCreate`.
    var keepsStatusOnCreate: Bool { get }

    /// The dotted names of the members that the kind does not have, in the order in which kube-apiserver lists them.
    func unknownFields(_ object: JSONValue) -> [String]

    /// Decodes: checks types (400 in the words of Go's decoder), drops what the kind does not have, drops what Go's
    /// `omitempty` drops, and sets defaults. Also called with the outcome of a patch.
    func normalize(_ object: inout JSONValue) throws(APIStatus)

    /// Sets what the server decides for a new object (`generation`, `status`, cluster IPs, …), then validates all of
    /// it, its name included. `metadata.name` and `metadata.namespace` are set.
    func prepareForCreate(_ object: inout JSONValue, context: inout KindContext) throws(APIStatus)

    /// The same for a change. `new` already keeps what the written part may not change: with `subresource` nil it has
    /// the old `status` (if the kind has that subresource), with `status` everything but `status` and `metadata`.
    func prepareForUpdate(
        _ new: inout JSONValue, old: JSONValue, subresource: String?, context: inout KindContext
    ) throws(APIStatus)

    /// What this object holds alone in the cluster, such as an address of the service range. Kept in step with the
    /// stored objects by the store, so nothing has to be released.
    func reservations(of object: JSONValue) -> [Reservation]

    /// What a field selector may ask for beyond `metadata.name` and `metadata.namespace`. Every supported name is
    /// present for every object, also for an empty one.
    func selectableFields(of object: JSONValue) -> [String: String]

    /// The columns of a table without rows.
    var columns: [TableColumn] { get }

    /// One row: a cell a column.
    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue]
}

extension KindBehavior {
    package var emptyObject: JSONValue { [:] }
    package var deletionReturnsObject: Bool { false }
    package var keepsStatusOnCreate: Bool { false }
    package func reservations(of object: JSONValue) -> [Reservation] { [] }
    package func selectableFields(of object: JSONValue) -> [String: String] { [:] }
}

/// A column of a table (`metav1.TableColumnDefinition`).
package struct TableColumn: Sendable, Hashable {
    package var name: String
    package var type: String
    package var format: String
    package var description: String
    /// Columns above 0 are shown by `-o wide` only.
    package var priority: Int

    package init(name: String, type: String, format: String = "", description: String, priority: Int = 0) {
        self.name = name
        self.type = type
        self.format = format
        self.description = description
        self.priority = priority
    }
}

/// Something that one object of the cluster holds: an address, a port.
package struct Reservation: Sendable, Hashable {
    /// `clusterIP`, `nodePort/TCP`, …: each behaviour's own word.
    package var pool: String
    package var value: String

    package init(pool: String, value: String) {
        self.pool = pool
        self.value = value
    }
}

/// Where objects of a kind are kept, whatever version they are asked for in.
package struct StorageKey: Sendable, Hashable {
    package var group: String
    package var plural: String

    package init(group: String, plural: String) {
        self.group = group
        self.plural = plural
    }
}

/// One stored object.
package struct ObjectKey: Sendable, Hashable {
    package var storage: StorageKey
    /// Empty for an object of the cluster.
    package var namespace: String
    package var name: String

    package init(storage: StorageKey, namespace: String, name: String) {
        self.storage = storage
        self.namespace = namespace
        self.name = name
    }
}

/// What is stored, for reading: the state before the write that is being prepared.
package protocol StoredObjects: Sendable {
    func object(_ key: ObjectKey) -> JSONValue?
    /// In the order of namespace and name; `namespace` nil for all.
    func objects(_ storage: StorageKey, namespace: String?) -> [JSONValue]
    /// Who holds it.
    func holder(of reservation: Reservation) -> ObjectKey?
}

/// What a behaviour may look at and draw from.
package struct KindContext: Sendable {
    package let now: Timestamp
    /// The object being written.
    package let key: ObjectKey
    package var random: any RandomNumberGenerator & Sendable
    package let stored: any StoredObjects

    package init(
        now: Timestamp, key: ObjectKey, random: any RandomNumberGenerator & Sendable, stored: any StoredObjects
    ) {
        self.now = now
        self.key = key
        self.random = random
        self.stored = stored
    }
}

/// A change that was stored.
package struct StoredChange: Sendable {
    package enum Kind: Sendable, Hashable { case added, modified, deleted }
    package var kind: Kind
    package var key: ObjectKey
    /// The object after the change; for a deletion its last state.
    package var object: JSONValue
    /// Nil for an addition.
    package var old: JSONValue?

    package init(kind: Kind, key: ObjectKey, object: JSONValue, old: JSONValue?) {
        self.kind = kind
        self.key = key
        self.object = object
        self.old = old
    }
}

/// A controller of the lab: looks at stored changes and says what to write.
///
/// Its requests go through the same pipeline as everybody's, with its name as user agent, and their changes come back
/// to all controllers; a request that changes nothing makes no change, which ends the circle.
package protocol LabController: Sendable {
    /// The manager of the fields it writes: `kube-controller-manager`.
    var name: String { get }
    func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest]
    /// The same for changes that came together, so that what many of them touch is looked at once.
    func requests(after changes: [StoredChange], stored: any StoredObjects, now: Timestamp) -> [APIRequest]
}

extension LabController {
    package func requests(
        after changes: [StoredChange], stored: any StoredObjects, now: Timestamp
    ) -> [APIRequest] {
        changes.flatMap { requests(after: $0, stored: stored, now: now) }
    }
}

/// What the pipeline asks about all kinds; `ResourceRegistry` answers.
package protocol ResourceCatalog: Sendable {
    func resource(group: String, version: String, plural: String) -> APIResource?
    /// Where the kind's objects are kept; the same for all versions of a kind.
    func storage(of resource: APIResource) -> StorageKey
    /// The version in which objects are stored, and in which the namespace and owner machinery reads them; nil if
    /// nothing of that storage is served any more.
    func storageResource(_ storage: StorageKey) -> APIResource?
    /// Every storage of namespaced kinds, for emptying a namespace.
    func namespacedStorages() -> [StorageKey]
    func behavior(of resource: APIResource) -> (any KindBehavior)?
    /// The object in another version of its kind, `apiVersion` included.
    func convert(_ object: JSONValue, to resource: APIResource) -> JSONValue

    /// Serves what a CustomResourceDefinition says, or what its changed form says. Returns the definition's `status`:
    /// conditions, accepted names, stored versions.
    mutating func install(crd: JSONValue, now: Timestamp) -> JSONValue
    mutating func remove(crd: JSONValue)

    /// The document at a discovery path (`/api`, `/apis`, `/api/v1`, `/apis/GROUP`, `/apis/GROUP/VERSION`), or nil.
    func discovery(path: String) -> JSONValue?
    /// The aggregated document at `/api` or `/apis` (`apidiscovery.k8s.io/v2 APIGroupDiscoveryList`), or nil.
    func aggregatedDiscovery(path: String) -> JSONValue?
    /// The document at `/openapi/v3` or below, or nil.
    func openAPI(path: String) -> JSONValue?
}
