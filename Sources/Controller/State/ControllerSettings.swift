import KubernetesObjects

/// What the controller is told by its flags, and the times that it keeps.
package struct ControllerSettings: Sendable, Hashable {
    /// Where the `metallb.io` resources and the legacy ConfigMap are.
    package var namespace: String
    /// The class served; nil serves Services without a class.
    package var loadBalancerClass: String?
    /// The classes of PoolServices that are served besides.
    package var poolServiceClasses = OpenYurt.classes
    /// The name of the legacy ConfigMap.
    package var legacyConfigMap: String
    /// The name of the Secret to make with the speakers' key; nil makes none.
    package var helloKeySecret: String?
    /// How long a freed address rests.
    package var rest: Duration = .seconds(30)
    /// How long changes of the configuration are collected, so that a pool that is deleted and made anew in one breath
    /// costs no Service its address.
    package var settle: Duration = .milliseconds(100)
    /// The least time between two writes of one pool's status.
    package var poolStatusInterval: Duration = .seconds(1)
    /// How many writes are under way at the same time.
    package var workers = 8

    /// All classes of PoolServices that are served.
    package var servedPoolServiceClasses: Set<String> {
        loadBalancerClass.map { poolServiceClasses.union([$0]) } ?? poolServiceClasses
    }

    package init(
        namespace: String, loadBalancerClass: String? = nil, legacyConfigMap: String = "config",
        helloKeySecret: String? = nil
    ) {
        self.namespace = namespace
        self.loadBalancerClass = loadBalancerClass
        self.legacyConfigMap = legacyConfigMap
        self.helloKeySecret = helloKeySecret
    }
}
