import KubernetesObjects

/// `kubectl get services`.
extension ServiceRules {
    var columns: [TableColumn] {
        [
            .name,
            .text(
                "Type",
                "type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, ClusterIP, NodePort, and LoadBalancer. \"ClusterIP\" allocates a cluster-internal IP address for load-balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by manual construction of an Endpoints object or EndpointSlice objects. If clusterIP is \"None\", no virtual IP is allocated and the endpoints are published as a set of endpoints rather than a virtual IP. \"NodePort\" builds on ClusterIP and allocates a port on every node which routes to the same endpoints as the clusterIP. \"LoadBalancer\" builds on NodePort and creates an external load-balancer (if supported in the current cloud) which routes to the same endpoints as the clusterIP. \"ExternalName\" aliases this service to the specified externalName. Several other fields do not apply to ExternalName services. More info: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types"
            ),
            .text(
                "Cluster-IP",
                "clusterIP is the IP address of the service and is usually assigned randomly. If an address is specified manually, is in-range (as per system configuration), and is not in use, it will be allocated to the service; otherwise creation of the service will fail. This field may not be changed through updates unless the type field is also being changed to ExternalName (which requires this field to be blank) or the type field is being changed from ExternalName (in which case this field may optionally be specified, as describe above).  Valid values are \"None\", empty string (\"\"), or a valid IP address. Setting this to \"None\" makes a \"headless service\" (no virtual IP), which is useful when direct endpoint connections are preferred and proxying is not required.  Only applies to types ClusterIP, NodePort, and LoadBalancer. If this field is specified when creating a Service of type ExternalName, creation will fail. This field will be wiped when updating a Service to type ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies"
            ),
            .text(
                "External-IP",
                "externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this service.  These IPs are not managed by Kubernetes.  The user is responsible for ensuring that traffic arrives at a node with this IP.  A common example is external load-balancers that are not part of the Kubernetes system."
            ),
            .text(
                "Port(s)",
                "The list of ports that are exposed by this service. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies"
            ),
            .age,
            .text(
                "Selector",
                "Route service traffic to pods with label keys and values matching this selector. If empty or not present, the service is assumed to have an external process managing its endpoints, which Kubernetes will not modify. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/",
                wide: true),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let spec = object["spec"] ?? [:]
        let address = spec.textList("clusterIPs").first ?? spec.text("clusterIP")
        let ports = spec.elements("ports").map { port in
            let nodePort = port.number("nodePort") == 0 ? "" : ":\(port.number("nodePort"))"
            return "\(port.number("port"))\(nodePort)/\(port.text("protocol"))"
        }
        return [
            .string(object.metadataText("name")), .string(spec.text("type")), .shown([address]),
            .string(externalAddress(spec, object["status"] ?? [:])), .shown(ports), .age(of: object, at: now),
            .string(Self.labels(spec.texts("selector"))),
        ]
    }

    private func externalAddress(_ spec: JSONValue, _ status: JSONValue) -> String {
        let external = spec.textList("externalIPs")
        switch spec.text("type") {
        case "LoadBalancer":
            let ingress = (status["loadBalancer"]?.elements("ingress") ?? []).map { entry in
                entry.text("ip").isEmpty ? entry.text("hostname") : entry.text("ip")
            }
            let all = ingress.filter { !$0.isEmpty } + external
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        case "ExternalName": return spec.text("externalName")
        case "ClusterIP", "NodePort": return external.isEmpty ? "<none>" : external.joined(separator: ",")
        default: return "<unknown>"
        }
    }
}

extension KindRules {
    /// `metav1.FormatLabels`.
    static func labels(_ labels: [String: String]) -> String {
        let text = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return text.isEmpty ? "<none>" : text
    }
}

extension JSONValue {
    /// Texts in one cell; `<none>` where there are none.
    static func shown(_ texts: [String]) -> JSONValue {
        let text = texts.filter { !$0.isEmpty }.joined(separator: ",")
        return .string(text.isEmpty ? "<none>" : text)
    }
}
