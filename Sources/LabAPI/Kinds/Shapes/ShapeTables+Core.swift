extension ShapeTables {
    /// The core group, without Pods.
    static let core = """
        AttachedVolume
          devicePath:string= name:string=
        ClientIPConfig
          timeoutSeconds:int32*
        ConfigMap
          apiVersion:string binaryData:{bytes} data:{string} immutable:bool* kind:string metadata:ObjectMeta=
        ConfigMapNodeConfigSource
          kubeletConfigKey:string= name:string= namespace:string= resourceVersion:string uid:string
        ContainerImage
          names:[string]= sizeBytes:int64
        DaemonEndpoint
          Port:int32=
        EndpointAddress!
          hostname:string ip:string= nodeName:string* targetRef:ObjectReference
        EndpointPort!
          appProtocol:string* name:string port:int32= protocol:string
        EndpointSubset
          addresses:[EndpointAddress] notReadyAddresses:[EndpointAddress] ports:[EndpointPort]
        Endpoints
          apiVersion:string kind:string metadata:ObjectMeta= subsets:[EndpointSubset]
        Event
          action:string apiVersion:string count:int32 eventTime:microtime= firstTimestamp:time=
          involvedObject:ObjectReference= kind:string lastTimestamp:time= message:string metadata:ObjectMeta=
          reason:string related:ObjectReference reportingComponent:string= reportingInstance:string= series:EventSeries
          source:EventSource= type:string
        EventSeries
          count:int32 lastObservedTime:microtime=
        EventSource
          component:string host:string
        LoadBalancerIngress
          hostname:string ip:string ipMode:string* ports:[PortStatus]
        LoadBalancerStatus
          ingress:[LoadBalancerIngress]
        Namespace
          apiVersion:string kind:string metadata:ObjectMeta= spec:NamespaceSpec= status:NamespaceStatus=
        NamespaceCondition
          lastTransitionTime:time= message:string reason:string status:string= type:string=
        NamespaceSpec
          finalizers:[string]
        NamespaceStatus
          conditions:[NamespaceCondition]#type+type phase:string
        Node
          apiVersion:string kind:string metadata:ObjectMeta= spec:NodeSpec= status:NodeStatus=
        NodeAddress
          address:string= type:string=
        NodeCondition
          lastHeartbeatTime:time= lastTransitionTime:time= message:string reason:string status:string= type:string=
        NodeConfigSource
          configMap:ConfigMapNodeConfigSource
        NodeConfigStatus
          active:NodeConfigSource assigned:NodeConfigSource error:string lastKnownGood:NodeConfigSource
        NodeDaemonEndpoints
          kubeletEndpoint:DaemonEndpoint=
        NodeFeatures
          supplementalGroupsPolicy:bool*
        NodeRuntimeHandler
          features:NodeRuntimeHandlerFeatures name:string*
        NodeRuntimeHandlerFeatures
          recursiveReadOnlyMounts:bool* userNamespaces:bool*
        NodeSpec
          configSource:NodeConfigSource externalID:string podCIDR:string podCIDRs:[string]#+ providerID:string
          taints:[Taint] unschedulable:bool
        NodeStatus
          addresses:[NodeAddress]#type+type allocatable:{quantity} capacity:{quantity}
          conditions:[NodeCondition]#type+type config:NodeConfigStatus daemonEndpoints:NodeDaemonEndpoints=
          features:NodeFeatures images:[ContainerImage] nodeInfo:NodeSystemInfo= phase:string
          runtimeHandlers:[NodeRuntimeHandler] volumesAttached:[AttachedVolume] volumesInUse:[string]
        NodeSystemInfo
          architecture:string= bootID:string= containerRuntimeVersion:string= kernelVersion:string=
          kubeProxyVersion:string= kubeletVersion:string= machineID:string= operatingSystem:string= osImage:string=
          systemUUID:string=
        PortStatus
          error:string* port:int32= protocol:string=
        Secret
          apiVersion:string data:{bytes} immutable:bool* kind:string metadata:ObjectMeta= stringData:{string}
          type:string
        Service
          apiVersion:string kind:string metadata:ObjectMeta= spec:ServiceSpec= status:ServiceStatus=
        ServiceAccount
          apiVersion:string automountServiceAccountToken:bool* imagePullSecrets:[LocalObjectReference] kind:string
          metadata:ObjectMeta= secrets:[ObjectReference]#name+name
        ServicePort
          appProtocol:string* name:string nodePort:int32 port:int32= protocol:string targetPort:intOrString=
        ServiceSpec
          allocateLoadBalancerNodePorts:bool* clusterIP:string clusterIPs:[string] externalIPs:[string]
          externalName:string externalTrafficPolicy:string healthCheckNodePort:int32 internalTrafficPolicy:string*
          ipFamilies:[string] ipFamilyPolicy:string* loadBalancerClass:string* loadBalancerIP:string
          loadBalancerSourceRanges:[string] ports:[ServicePort]#port,protocol~TCP+port publishNotReadyAddresses:bool
          selector:{string}! sessionAffinity:string sessionAffinityConfig:SessionAffinityConfig
          trafficDistribution:string* type:string
        ServiceStatus
          conditions:[Condition]#type+type loadBalancer:LoadBalancerStatus=
        SessionAffinityConfig
          clientIP:ClientIPConfig
        Taint
          effect:string= key:string= timeAdded:time value:string
        """
}
