/// The kinds that kubectl's own commands send in protobuf: `create`, `auth can-i`, `auth whoami`. Numbers are those of
/// the `generated.proto` files of k8s.io/api and k8s.io/apimachinery.
extension ProtobufShape {
    static let kinds: [String: ProtobufShape] = Dictionary(
        uniqueKeysWithValues: (common + core + workloads + access).map { ($0.name, $0) })

    private static let common = [
        ProtobufShape(
            "ObjectMeta",
            """
            1 name string; 2 generateName string; 3 namespace string; 4 selfLink string; 5 uid string;
            6 resourceVersion string; 7 generation int; 8 creationTimestamp Time; 9 deletionTimestamp Time?;
            10 deletionGracePeriodSeconds int?; 11 labels {string}; 12 annotations {string};
            13 ownerReferences [OwnerReference]; 14 finalizers [string]
            """),
        ProtobufShape(
            "OwnerReference",
            "1 kind string; 3 name string; 4 uid string; 5 apiVersion string; 6 controller bool?; 7 blockOwnerDeletion bool?"
        ),
        ProtobufShape("LabelSelector", "1 matchLabels {string}; 2 matchExpressions [LabelSelectorRequirement]"),
        ProtobufShape("LabelSelectorRequirement", "1 key string; 2 operator string; 3 values [string]"),
        ProtobufShape(
            "ObjectReference",
            """
            1 kind string; 2 namespace string; 3 name string; 4 uid string; 5 apiVersion string; 6 resourceVersion string;
            7 fieldPath string
            """),
        ProtobufShape("LocalObjectReference", "1 name string"),
        ProtobufShape(
            "Condition",
            """
            1 type string; 2 status string; 3 observedGeneration int; 4 lastTransitionTime Time; 5 reason string;
            6 message string
            """),
    ]

    private static let core = [
        ProtobufShape("ConfigMap", "1 metadata ObjectMeta; 2 data {string}; 3 binaryData {bytes}; 4 immutable bool?"),
        ProtobufShape(
            "Secret",
            "1 metadata ObjectMeta; 2 data {bytes}; 3 type string; 4 stringData {string}; 5 immutable bool?"),
        ProtobufShape("Namespace", "1 metadata ObjectMeta; 2 spec NamespaceSpec; 3 status NamespaceStatus"),
        ProtobufShape("NamespaceSpec", "1 finalizers [string]"),
        ProtobufShape("NamespaceStatus", "1 phase string"),
        ProtobufShape(
            "ServiceAccount",
            """
            1 metadata ObjectMeta; 2 secrets [ObjectReference]; 3 imagePullSecrets [LocalObjectReference];
            4 automountServiceAccountToken bool?
            """),
        ProtobufShape("Service", "1 metadata ObjectMeta; 2 spec ServiceSpec; 3 status ServiceStatus"),
        ProtobufShape(
            "ServiceSpec",
            """
            1 ports [ServicePort]; 2 selector {string}; 3 clusterIP string; 4 type string; 5 externalIPs [string];
            7 sessionAffinity string; 8 loadBalancerIP string; 9 loadBalancerSourceRanges [string];
            10 externalName string; 11 externalTrafficPolicy string; 12 healthCheckNodePort int;
            13 publishNotReadyAddresses bool; 17 ipFamilyPolicy string?; 18 clusterIPs [string]; 19 ipFamilies [string];
            20 allocateLoadBalancerNodePorts bool?; 21 loadBalancerClass string?; 22 internalTrafficPolicy string?;
            23 trafficDistribution string?
            """),
        ProtobufShape(
            "ServicePort",
            """
            1 name string; 2 protocol string; 3 port int; 4 targetPort IntOrString; 5 nodePort int; 6 appProtocol string?
            """),
        ProtobufShape("ServiceStatus", "1 loadBalancer LoadBalancerStatus; 2 conditions [Condition]"),
        ProtobufShape("LoadBalancerStatus", "1 ingress [LoadBalancerIngress]"),
        ProtobufShape("LoadBalancerIngress", "1 ip string; 2 hostname string; 3 ipMode string?; 4 ports [PortStatus]"),
        ProtobufShape("PortStatus", "1 port int; 2 protocol string; 3 error string?"),
    ]

    private static let workloads = [
        ProtobufShape("Deployment", "1 metadata ObjectMeta; 2 spec DeploymentSpec; 3 status DeploymentStatus"),
        ProtobufShape(
            "DeploymentSpec",
            """
            1 replicas int?; 2 selector LabelSelector; 3 template PodTemplateSpec; 4 strategy DeploymentStrategy;
            5 minReadySeconds int; 6 revisionHistoryLimit int?; 7 paused bool; 9 progressDeadlineSeconds int?
            """),
        ProtobufShape("DeploymentStrategy", "1 type string; 2 rollingUpdate RollingUpdateDeployment"),
        ProtobufShape("RollingUpdateDeployment", "1 maxUnavailable IntOrString; 2 maxSurge IntOrString"),
        ProtobufShape(
            "DeploymentStatus",
            """
            1 observedGeneration int; 2 replicas int; 3 updatedReplicas int; 4 availableReplicas int;
            5 unavailableReplicas int; 7 readyReplicas int; 8 collisionCount int?
            """),
        ProtobufShape("PodTemplateSpec", "1 metadata ObjectMeta; 2 spec PodSpec"),
        ProtobufShape(
            "PodSpec",
            """
            2 containers [Container]; 3 restartPolicy string; 4 terminationGracePeriodSeconds int?;
            5 activeDeadlineSeconds int?; 6 dnsPolicy string; 7 nodeSelector {string}; 8 serviceAccountName string;
            9 serviceAccount string; 10 nodeName string; 11 hostNetwork bool; 12 hostPID bool; 13 hostIPC bool;
            15 imagePullSecrets [LocalObjectReference]; 16 hostname string; 17 subdomain string; 19 schedulerName string;
            24 priorityClassName string
            """),
        ProtobufShape(
            "Container",
            """
            1 name string; 2 image string; 3 command [string]; 4 args [string]; 5 workingDir string;
            6 ports [ContainerPort]; 7 env [EnvVar]; 8 resources ResourceRequirements; 13 terminationMessagePath string;
            14 imagePullPolicy string; 16 stdin bool; 17 stdinOnce bool; 18 tty bool;
            20 terminationMessagePolicy string
            """),
        ProtobufShape(
            "ContainerPort", "1 name string; 2 hostPort int; 3 containerPort int; 4 protocol string; 5 hostIP string"),
        ProtobufShape("EnvVar", "1 name string; 2 value string"), ProtobufShape("ResourceRequirements", ""),
    ]

    private static let access = [
        ProtobufShape("Role", "1 metadata ObjectMeta; 2 rules [PolicyRule]"),
        ProtobufShape("ClusterRole", "1 metadata ObjectMeta; 2 rules [PolicyRule]; 3 aggregationRule AggregationRule"),
        ProtobufShape("AggregationRule", "1 clusterRoleSelectors [LabelSelector]"),
        ProtobufShape(
            "PolicyRule",
            "1 verbs [string]; 2 apiGroups [string]; 3 resources [string]; 4 resourceNames [string]; 5 nonResourceURLs [string]"
        ), ProtobufShape("RoleBinding", "1 metadata ObjectMeta; 2 subjects [Subject]; 3 roleRef RoleRef"),
        ProtobufShape("ClusterRoleBinding", "1 metadata ObjectMeta; 2 subjects [Subject]; 3 roleRef RoleRef"),
        ProtobufShape("Subject", "1 kind string; 2 apiGroup string; 3 name string; 4 namespace string"),
        ProtobufShape("RoleRef", "1 apiGroup string; 2 kind string; 3 name string"),
        ProtobufShape(
            "SelfSubjectAccessReview",
            "1 metadata ObjectMeta; 2 spec SelfSubjectAccessReviewSpec; 3 status SubjectAccessReviewStatus"),
        ProtobufShape(
            "SelfSubjectAccessReviewSpec",
            "1 resourceAttributes ResourceAttributes; 2 nonResourceAttributes NonResourceAttributes"),
        ProtobufShape(
            "ResourceAttributes",
            """
            1 namespace string; 2 verb string; 3 group string; 4 version string; 5 resource string; 6 subresource string;
            7 name string
            """), ProtobufShape("NonResourceAttributes", "1 path string; 2 verb string"),
        ProtobufShape(
            "SubjectAccessReviewStatus", "1 allowed bool; 2 reason string; 3 evaluationError string; 4 denied bool"),
        ProtobufShape("SelfSubjectReview", "1 metadata ObjectMeta; 2 status SelfSubjectReviewStatus"),
        ProtobufShape("SelfSubjectReviewStatus", "1 userInfo UserInfo"),
        ProtobufShape("UserInfo", "1 username string; 2 uid string; 3 groups [string]"),
    ]
}
