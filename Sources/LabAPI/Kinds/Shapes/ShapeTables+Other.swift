extension ShapeTables {
    /// The other groups.
    static let other = """
        AggregationRule
          clusterRoleSelectors:[LabelSelector]
        ClusterRole
          aggregationRule:AggregationRule apiVersion:string kind:string metadata:ObjectMeta= rules:[PolicyRule]=
        ClusterRoleBinding
          apiVersion:string kind:string metadata:ObjectMeta= roleRef:RoleRef= subjects:[Subject]
        EndpointConditions
          ready:bool* serving:bool* terminating:bool*
        EndpointHints
          forZones:[ForZone]
        EndpointSlice
          addressType:string= apiVersion:string endpoints:[SliceEndpoint]= kind:string metadata:ObjectMeta=
          ports:[SliceEndpointPort]=
        EventsEvent
          action:string apiVersion:string deprecatedCount:int32 deprecatedFirstTimestamp:time=
          deprecatedLastTimestamp:time= deprecatedSource:EventSource= eventTime:microtime= kind:string
          metadata:ObjectMeta= note:string reason:string regarding:ObjectReference= related:ObjectReference
          reportingController:string reportingInstance:string series:EventsEventSeries type:string
        EventsEventSeries
          count:int32= lastObservedTime:microtime=
        FieldSelectorAttributes
          rawSelector:string requirements:[FieldSelectorRequirement]
        FieldSelectorRequirement
          key:string= operator:string= values:[string]
        ForZone
          name:string=
        IPBlock
          cidr:string= except:[string]
        LabelSelectorAttributes
          rawSelector:string requirements:[LabelSelectorRequirement]
        Lease
          apiVersion:string kind:string metadata:ObjectMeta= spec:LeaseSpec=
        LeaseSpec
          acquireTime:microtime holderIdentity:string* leaseDurationSeconds:int32* leaseTransitions:int32*
          preferredHolder:string* renewTime:microtime strategy:string*
        NetworkPolicy
          apiVersion:string kind:string metadata:ObjectMeta= spec:NetworkPolicySpec=
        NetworkPolicyEgressRule
          ports:[NetworkPolicyPort] to:[NetworkPolicyPeer]
        NetworkPolicyIngressRule
          from:[NetworkPolicyPeer] ports:[NetworkPolicyPort]
        NetworkPolicyPeer
          ipBlock:IPBlock namespaceSelector:LabelSelector podSelector:LabelSelector
        NetworkPolicyPort
          endPort:int32* port:intOrString* protocol:string*
        NetworkPolicySpec
          egress:[NetworkPolicyEgressRule] ingress:[NetworkPolicyIngressRule] podSelector:LabelSelector=
          policyTypes:[string]
        NonResourceAttributes
          path:string verb:string
        PodDisruptionBudget
          apiVersion:string kind:string metadata:ObjectMeta= spec:PodDisruptionBudgetSpec=
          status:PodDisruptionBudgetStatus=
        PodDisruptionBudgetSpec
          maxUnavailable:intOrString* minAvailable:intOrString* selector:LabelSelector
          unhealthyPodEvictionPolicy:string*
        PodDisruptionBudgetStatus
          conditions:[Condition]#type+type currentHealthy:int32= desiredHealthy:int32= disruptedPods:{time}
          disruptionsAllowed:int32= expectedPods:int32= observedGeneration:int64
        PolicyRule
          apiGroups:[string] nonResourceURLs:[string] resourceNames:[string] resources:[string] verbs:[string]=
        PriorityClass
          apiVersion:string description:string globalDefault:bool kind:string metadata:ObjectMeta=
          preemptionPolicy:string* value:int32=
        ResourceAttributes
          fieldSelector:FieldSelectorAttributes group:string labelSelector:LabelSelectorAttributes name:string
          namespace:string resource:string subresource:string verb:string version:string
        Role
          apiVersion:string kind:string metadata:ObjectMeta= rules:[PolicyRule]=
        RoleBinding
          apiVersion:string kind:string metadata:ObjectMeta= roleRef:RoleRef= subjects:[Subject]
        RoleRef!
          apiGroup:string= kind:string= name:string=
        SelfSubjectAccessReview
          apiVersion:string kind:string metadata:ObjectMeta= spec:SelfSubjectAccessReviewSpec=
          status:SubjectAccessReviewStatus=
        SelfSubjectAccessReviewSpec
          nonResourceAttributes:NonResourceAttributes resourceAttributes:ResourceAttributes
        SelfSubjectReview
          apiVersion:string kind:string metadata:ObjectMeta= status:SelfSubjectReviewStatus=
        SelfSubjectReviewStatus
          userInfo:UserInfo=
        SliceEndpoint
          addresses:[string]#= conditions:EndpointConditions= deprecatedTopology:{string} hints:EndpointHints
          hostname:string* nodeName:string* targetRef:ObjectReference zone:string*
        SliceEndpointPort!
          appProtocol:string* name:string* port:int32* protocol:string*
        Subject!
          apiGroup:string kind:string= name:string= namespace:string
        SubjectAccessReviewStatus
          allowed:bool= denied:bool evaluationError:string reason:string
        UserInfo
          extra:{[string]} groups:[string] uid:string username:string
        BetaEndpoint
          addresses:[string]#= conditions:EndpointConditions= hints:EndpointHints hostname:string* nodeName:string*
          targetRef:ObjectReference topology:{string}
        BetaEndpointSlice
          addressType:string= apiVersion:string endpoints:[BetaEndpoint]= kind:string metadata:ObjectMeta=
          ports:[SliceEndpointPort]=
        """
}
