import KubernetesObjects

/// What `SetDefaults_PodSpec` and its siblings set, in Pods and in the templates of Pods.
enum PodDefaults {
    static func apply(to spec: inout JSONValue) {
        spec.setDefault("dnsPolicy", "ClusterFirst")
        spec.setDefault("restartPolicy", "Always")
        spec.setDefault("terminationGracePeriodSeconds", 30)
        spec.setDefault("schedulerName", "default-scheduler")
        spec.setDefault("securityContext", [:])
        // Two names of one field.
        if spec["serviceAccountName"] == nil { spec["serviceAccountName"] = spec["serviceAccount"] }
        spec["serviceAccount"] = spec["serviceAccountName"]
        let usesHostNetwork = spec["hostNetwork"] == true
        for member in ["initContainers", "containers", "ephemeralContainers"] {
            spec.changeElements(member) { setContainer(&$0, usesHostNetwork: usesHostNetwork) }
        }
        spec.changeElements("volumes", setVolume)
    }

    private static func setContainer(_ container: inout JSONValue, usesHostNetwork: Bool) {
        container.setDefault("terminationMessagePath", "/dev/termination-log")
        container.setDefault("terminationMessagePolicy", "File")
        container.setDefault("imagePullPolicy", .string(pullPolicy(of: container.text("image"))))
        container.changeElements("ports") { port in
            port.setDefault("protocol", "TCP")
            if usesHostNetwork, port.number("hostPort") == 0 { port["hostPort"] = port["containerPort"] }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe] != nil {
            container.change(probe) { probe in
                for (member, value) in [
                    ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
                ] as [(String, JSONValue)] {
                    probe.setDefault(member, value)
                }
                setHTTP(&probe)
                if probe["grpc"] != nil { probe.change("grpc") { if $0["service"] == nil { $0["service"] = "" } } }
            }
        }
        if container["lifecycle"] != nil {
            container.change("lifecycle") { lifecycle in
                for hook in ["postStart", "preStop"] where lifecycle[hook] != nil { lifecycle.change(hook, setHTTP) }
            }
        }
        container.changeElements("env") { variable in
            guard variable["valueFrom"]?["fieldRef"] != nil else { return }
            variable.change("valueFrom") { $0.change("fieldRef") { $0.setDefault("apiVersion", "v1") } }
        }
        setRequests(&container)
    }

    private static func setHTTP(_ handler: inout JSONValue) {
        guard handler["httpGet"] != nil else { return }
        handler.change("httpGet") { get in
            get.setDefault("path", "/")
            get.setDefault("scheme", "HTTP")
        }
    }

    /// Requests that are not said are the limits.
    private static func setRequests(_ container: inout JSONValue) {
        guard let limits = container["resources"]?["limits"]?.objectValue else { return }
        container.change("resources") { resources in
            resources.change("requests") { requests in
                for (name, limit) in limits { requests.setDefault(name, limit) }
            }
        }
    }

    /// `Always` for the moving tag `latest`, said or not.
    private static func pullPolicy(of image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let name = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let tag = name.split(separator: ":", maxSplits: 1).dropFirst().first
        return tag == nil || tag == "latest" ? "Always" : "IfNotPresent"
    }

    private static func setVolume(_ volume: inout JSONValue) {
        if (volume.objectValue ?? [:]).keys.allSatisfy({ $0 == "name" }) { volume["emptyDir"] = [:] }
        for source in ["secret", "configMap", "downwardAPI", "projected"] where volume[source] != nil {
            volume.change(source) { $0.setDefault("defaultMode", 0o644) }
        }
        if volume["hostPath"] != nil {
            volume.change("hostPath") { if $0["type"] == nil { $0["type"] = "" } }
        }
        if volume["downwardAPI"] != nil { volume.change("downwardAPI", setFieldReferences) }
        guard volume["projected"] != nil else { return }
        volume.change("projected") { projected in
            projected.changeElements("sources") { source in
                if source["serviceAccountToken"] != nil {
                    source.change("serviceAccountToken") { $0.setDefault("expirationSeconds", 3600) }
                }
                if source["downwardAPI"] != nil { source.change("downwardAPI", setFieldReferences) }
            }
        }
    }

    private static func setFieldReferences(_ source: inout JSONValue) {
        source.changeElements("items") { item in
            if item["fieldRef"] != nil { item.change("fieldRef") { $0.setDefault("apiVersion", "v1") } }
        }
    }
}
