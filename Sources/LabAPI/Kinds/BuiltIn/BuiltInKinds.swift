/// The kinds that the API has without definitions, group by group in the order of discovery.
///
/// The hashes are `storageVersionHash`: the first eight bytes of the SHA-256 of `group/version/Kind` as stored.
enum BuiltInKinds {
    static func all(ranges: [ServiceRange]) -> [ServedKind] {
        (core(ranges) + apps + others).map(\.served)
    }

    private static func core(_ ranges: [ServiceRange]) -> [Row] {
        [
            Row(
                "", "v1", "ConfigMap", "configmaps", shortNames: ["cm"], hash: "qFsyl6wFWjQ=",
                rules: ConfigRules(isSecret: false)),
            Row("", "v1", "Endpoints", "endpoints", shortNames: ["ep"], hash: "fWeeMqaN/OA=", rules: EndpointsRules()),
            Row("", "v1", "Event", "events", shortNames: ["ev"], hash: "r2yiGXH7wu8=", rules: EventRules(isNew: false)),
            Row(
                "", "v1", "Namespace", "namespaces", shortNames: ["ns"], scope: .cluster, verbs: .withoutCollection,
                subresources: [.status], hash: "Q3oi5N2YM8M=", rules: NamespaceRules()),
            Row(
                "", "v1", "Node", "nodes", shortNames: ["no"], scope: .cluster, subresources: [.status],
                hash: "XwShjMxG9Fs=", rules: NodeRules()),
            Row(
                "", "v1", "Pod", "pods", shortNames: ["po"], categories: ["all"], subresources: [.status],
                hash: "xPOwRZ+Yhw8=", rules: PodRules()),
            Row("", "v1", "Secret", "secrets", hash: "S6u1pOWzb84=", rules: ConfigRules(isSecret: true)),
            Row(
                "", "v1", "ServiceAccount", "serviceaccounts", shortNames: ["sa"], hash: "pbx9ZvyFpBE=",
                rules: ServiceAccountRules()),
            Row(
                "", "v1", "Service", "services", shortNames: ["svc"], categories: ["all"], subresources: [.status],
                hash: "0/CO1lhkEBI=", rules: ServiceRules(ranges: ranges)),
        ]
    }

    private static var apps: [Row] {
        [
            Row(
                "apps", "v1", "DaemonSet", "daemonsets", shortNames: ["ds"], categories: ["all"],
                subresources: [.status], hash: "dd7pWHUlMKQ=", rules: WorkloadRules(form: .daemonSet)),
            Row(
                "apps", "v1", "Deployment", "deployments", shortNames: ["deploy"], categories: ["all"],
                subresources: [.scale, .status], hash: "8aSe+NMegvE=", rules: WorkloadRules(form: .deployment)),
            Row(
                "apps", "v1", "ReplicaSet", "replicasets", shortNames: ["rs"], categories: ["all"],
                subresources: [.scale, .status], hash: "P1RzHs8/mWQ=", rules: WorkloadRules(form: .replicaSet)),
            Row(
                "apps", "v1", "StatefulSet", "statefulsets", shortNames: ["sts"], categories: ["all"],
                subresources: [.scale, .status], hash: "H+vl74LkKdo=", rules: WorkloadRules(form: .statefulSet)),
        ]
    }

    private static var others: [Row] {
        [
            Row(
                "events.k8s.io", "v1", "Event", "events", shortNames: ["ev"], storedIn: "", shape: "EventsEvent",
                hash: "r2yiGXH7wu8=", rules: EventRules(isNew: true)),
            Row(
                "authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", scope: .cluster,
                verbs: .createOnly, rules: PlainRules()),
            Row(
                "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", scope: .cluster,
                verbs: .createOnly, rules: PlainRules()),
            Row(
                "networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", shortNames: ["netpol"],
                hash: "YpfwF18m1G8=", rules: NetworkPolicyRules()),
            Row(
                "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", shortNames: ["pdb"],
                subresources: [.status], hash: "EVWiDmWqyJw=", rules: DisruptionBudgetRules()),
            Row(
                "rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", scope: .cluster,
                hash: "48tpQ8gZHFc=", rules: RoleRules(isBinding: true)),
            Row(
                "rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", scope: .cluster, hash: "bYE5ZWDrJ44=",
                rules: RoleRules(isBinding: false)),
            Row(
                "rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", hash: "eGsCzGH6b1g=",
                rules: RoleRules(isBinding: true)),
            Row(
                "rbac.authorization.k8s.io", "v1", "Role", "roles", hash: "7FuwZcIIItM=",
                rules: RoleRules(isBinding: false)),
            Row(
                "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions",
                shortNames: ["crd", "crds"], categories: ["api-extensions"], scope: .cluster, subresources: [.status],
                hash: "M5uH+AlWATY=", rules: DefinitionRules()),
            Row(
                "scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", shortNames: ["pc"], scope: .cluster,
                hash: "1QwjyaZjj3Y=", rules: PriorityClassRules()),
            Row("coordination.k8s.io", "v1", "Lease", "leases", hash: "gqkMMb/YqFM=", rules: LeaseRules()),
            Row(
                "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", hash: "qgS0xkrxYAI=",
                rules: EndpointSliceRules(isBeta: false)),
            Row(
                "discovery.k8s.io", "v1beta1", "EndpointSlice", "endpointslices", storedIn: "discovery.k8s.io",
                shape: "BetaEndpointSlice", hash: "qgS0xkrxYAI=", rules: EndpointSliceRules(isBeta: true)),
        ]
    }
}

extension BuiltInKinds {
    /// Parts of objects with paths of their own.
    private enum Part { case status, scale }

    /// What a kind can do.
    private enum Verbs {
        case all, withoutCollection, createOnly

        var names: [String] {
            switch self {
            case .all: ServedKind.allVerbs
            case .withoutCollection: ServedKind.allVerbs.filter { $0 != "deletecollection" }
            case .createOnly: ["create"]
            }
        }
    }

    /// A line of the list.
    private struct Row {
        let served: ServedKind

        init(
            _ group: String, _ version: String, _ kind: String, _ plural: String, shortNames: [String] = [],
            categories: [String] = [], scope: APIResource.Scope = .namespaced, verbs: Verbs = .all,
            subresources: [Part] = [], storedIn storageGroup: String? = nil, shape: String? = nil,
            hash: String? = nil, rules: any KindRules
        ) {
            let parts = subresources.map { part in
                switch part {
                case .status:
                    APIResource.Subresource(
                        name: "status", group: group, version: version, kind: kind, verbs: ServedKind.partVerbs)
                case .scale: ServedKind.scale
                }
            }
            let resource = APIResource(
                group: group, version: version, kind: kind, plural: plural, singular: kind.lowercased(),
                shortNames: shortNames, categories: categories, scope: scope, verbs: verbs.names, subresources: parts)
            served = ServedKind(
                resource: resource, storage: StorageKey(group: storageGroup ?? group, plural: plural),
                isStorageVersion: shape == nil, storageVersionHash: hash,
                behavior: BuiltInBehavior(
                    group: group, version: version, kind: kind, shape: shape ?? kind, rules: rules))
        }
    }
}
