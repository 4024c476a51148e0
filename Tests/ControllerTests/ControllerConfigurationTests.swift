import Controller
import KubernetesClient
import KubernetesObjects
import Testing

@Suite("Configuration")
struct ControllerConfigurationTests {
    @Test("an invalid edit leaves the last good configuration in force and is told on the object and in the state")
    func invalidEdit() throws {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1-10.0.0.2")
        rig.apply("a")
        #expect(rig.configurationState?.result == "Valid")
        rig.setPool("default", "10.0.0.1-10.0.0")
        #expect(rig.addresses("a") == "10.0.0.1")
        rig.apply("b")
        #expect(rig.addresses("b") == "10.0.0.2")
        let state = try #require(rig.configurationState)
        #expect(state.result == "Invalid")
        #expect(state.errorSummary?.contains("IPAddressPool default: spec.addresses[0]") == true)
        #expect(state.conditions?.map(\.status) == ["False", "False"])
        let event = try #require(rig.events.last { $0.regarding.kind == "IPAddressPool" })
        #expect(event.reason == "InvalidConfiguration")
        #expect(event.level == .warning)
        #expect(event.message.hasPrefix("configurationInvalid: IPAddressPool default: spec.addresses[0]"))
        let events = rig.events.count
        rig.setPool("default", "10.0.0.1-10.0.0")
        #expect(rig.events.count == events)
        rig.setPool("default", "10.0.0.1-10.0.0.2")
        #expect(rig.configurationState?.result == "Valid")
    }

    @Test("however much is wrong, the state says as much of it as the API server takes")
    func longSummary() throws {
        var rig = Rig()
        rig.start()
        for number in 0..<400 { rig.setPool("pool-\(number)", "10.0.0.\(number)-nowhere") }
        let state = try #require(rig.configurationState)
        #expect(state.result == "Invalid")
        let summary = try #require(state.errorSummary)
        #expect(summary.utf8.count < 32_768)
        #expect(summary.split(separator: "\n").last?.wholeMatch(of: /and \d+ more/) != nil)
        #expect(state.conditions?.map(\.message) == [summary, summary])
    }

    @Test("a pool that does not decode stays as it was known")
    func unreadablePool() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1-10.0.0.2")
        rig.apply("a")
        let key = ObjectKey(namespace: "metallb-system", name: "default")
        let problem = UnreadableObject(key: key, problem: "spec.addresses: expected an array")
        rig.handle(.pools(.replaced([], unreadable: [problem], resourceVersion: "9")))
        rig.settle()
        #expect(rig.addresses("a") == "10.0.0.1")
        #expect(rig.configurationState?.errorSummary?.contains("expected an array") == true)
    }

    @Test("a pool that goes and comes back in one breath costs nobody an address")
    func recreated() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1-10.0.0.2")
        rig.apply("a")
        let pool = rig.pool("default")
        rig.handle(.pools(.deleted(ObjectKey(namespace: "metallb-system", name: "default"))))
        if let pool { rig.handle(.pools(.applied(pool))) }
        rig.settle()
        #expect(rig.reasons("a") == ["IPAllocated"])
    }

    @Test("a pool's status counts, and is written at most once a second")
    func poolStatus() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1-10.0.0.200")
        #expect(
            rig.pool("default")?.status
                == .init(assignedIPv4: 0, assignedIPv6: 0, availableIPv4: 200, availableIPv6: 0))
        let begin = rig.now
        let writes = rig.server.writes.count { if case .poolStatus = $0 { true } else { false } }
        for number in 0..<100 {
            let key = ObjectKey(namespace: "default", name: "s\(number)")
            let stored = rig.server.put(
                Service(
                    metadata: ObjectMeta(name: key.name, namespace: "default"),
                    spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"])))
            rig.handle(.services(.applied(stored)))
            for _ in 0..<3 { if let next = rig.queue.next(at: rig.now) { rig.work(next) } }
            rig.now += .milliseconds(30)
        }
        rig.settle()
        #expect(rig.pool("default")?.status?.assignedIPv4 == 100)
        #expect(rig.pool("default")?.status?.availableIPv4 == 100)
        let later = rig.server.writes.count { if case .poolStatus = $0 { true } else { false } }
        let seconds = Int((rig.now - begin) / .seconds(1)) + 1
        #expect(later - writes <= seconds + 1)
    }
}

@Suite("Legacy ConfigMap")
struct LegacyConfigMapTests {
    let text = """
        address-pools:
        - name: default
          protocol: layer2
          addresses:
          - 192.168.122.90-192.168.122.100
        """

    @Test("a ConfigMap becomes labelled resources, and its pool is used before they are written")
    func materialises() throws {
        var rig = Rig()
        rig.start()
        rig.setConfigMap(text)
        let pool = try #require(rig.pool("default"))
        #expect(pool.spec.addresses == ["192.168.122.90-192.168.122.100"])
        #expect(pool.metadata.labels["app.kubernetes.io/managed-by"] == "toono-controller")
        #expect(rig.server.layer2Advertisements.count == 1)
        #expect(pool.status?.availableIPv4 == 11)
        rig.apply("web")
        #expect(rig.addresses("web") == "192.168.122.90")
        let writes = rig.server.writes.count
        rig.setConfigMap(text + "\n")
        #expect(rig.server.writes.count == writes)
    }

    @Test("an upgrade from a ConfigMap only takes nobody's address")
    func upgrade() {
        var rig = Rig()
        _ = rig.server.put(
            Service(
                metadata: ObjectMeta(name: "web", namespace: "default"),
                spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"]),
                status: .init(loadBalancer: .init(ingress: [.init(ip: "192.168.122.95")]))))
        rig.configMap = ConfigMap(
            metadata: ObjectMeta(name: "config", namespace: "metallb-system"), data: ["config": text])
        rig.start()
        #expect(rig.addresses("web") == "192.168.122.95")
        #expect(rig.reasons("web").isEmpty)
    }

    @Test("an edit of the ConfigMap changes the pool, a renamed pool keeps the addresses")
    func edits() throws {
        var rig = Rig()
        rig.start()
        rig.setConfigMap(text)
        rig.apply("web")
        rig.setConfigMap(text.replacing("name: default", with: "name: renamed"))
        #expect(rig.pool("default") == nil)
        #expect(rig.addresses("web") == "192.168.122.90")
        #expect(rig.service("web")?.metadata.annotations["metallb.io/ip-allocated-from-pool"] == "renamed")
        rig.setConfigMap(text.replacing("name: default", with: "name: renamed").replacing("90-", with: "95-"))
        #expect(rig.pool("renamed")?.spec.addresses == ["192.168.122.95-192.168.122.100"])
        #expect(rig.addresses("web") == "192.168.122.95")
        #expect(rig.reasons("web") == ["IPAllocated", "ClearAssignment", "IPAllocated"])
    }

    @Test("what the ConfigMap no longer says goes back to the server's default")
    func removesMembers() throws {
        var rig = Rig()
        rig.start()
        rig.setConfigMap(text + "\n  avoid-buggy-ips: true\n")
        #expect(rig.pool("default")?.spec.avoidBuggyIPs == true)
        rig.setConfigMap(text)
        #expect(rig.pool("default")?.spec.avoidBuggyIPs != true)
        // The server's defaults are no difference.
        let writes = rig.server.writes.count
        let metadata = try #require(rig.pool("default")?.metadata)
        rig.setPool("default", "192.168.122.90-192.168.122.100") {
            $0.metadata = metadata
            $0.spec.autoAssign = true
            $0.spec.avoidBuggyIPs = false
        }
        #expect(rig.server.writes.count == writes)
    }

    @Test("deleting the ConfigMap deletes what it stood for", arguments: [false, true])
    func deletion(isWatched: Bool) {
        var rig = Rig()
        rig.start()
        rig.setConfigMap(text)
        if isWatched {
            rig.setConfigMap(nil)
        } else {
            rig.handle(.configMaps(.replaced([], unreadable: [], resourceVersion: "9")))
            rig.settle()
        }
        #expect(rig.server.pools.isEmpty)
        #expect(rig.server.layer2Advertisements.isEmpty)
    }

    @Test(
        "a ConfigMap that does not parse or has lost its contents keeps the last good one",
        arguments: [
            "address-pools: [", "", "address-pools:\n- name: x\n", "adress-pools: []",
            "address-pools:\n\t- name: default",
            String(repeating: "x: [\n", count: 200_000), String(repeating: "key: value\n", count: 90_000),
        ])
    func invalid(broken: String) {
        var rig = Rig()
        rig.start()
        rig.setConfigMap(text)
        rig.apply("a")
        rig.setConfigMap(broken)
        rig.apply("b")
        #expect(rig.pool("default") != nil)
        #expect(rig.addresses("a") == "192.168.122.90")
        #expect(rig.addresses("b") == "192.168.122.91")
        #expect(rig.configurationState?.result == "Invalid")
        #expect(Set(rig.reasons("config")) == ["InvalidConfiguration"])
    }

    @Test("a resource that a person made under the same name is left as it is, and the conflict is told")
    func conflict() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1/32")
        rig.setConfigMap(text)
        #expect(rig.pool("default")?.spec.addresses == ["10.0.0.1/32"])
        #expect(rig.reasons("config") == ["LegacyConfigConflict"])
        #expect(rig.configurationState?.result == "Invalid")
        rig.setConfigMap(nil)
        #expect(rig.pool("default") != nil)
        #expect(rig.configurationState?.result == "Valid")
    }

    @Test("a resource of ours that somebody edits or deletes is repaired")
    func repairs() throws {
        var rig = Rig()
        rig.start()
        rig.setConfigMap(text)
        let metadata = try #require(rig.pool("default")?.metadata)
        rig.setPool("default", "10.0.0.1/32") { $0.metadata = metadata }
        #expect(rig.pool("default")?.spec.addresses == ["192.168.122.90-192.168.122.100"])
        rig.deletePool("default")
        #expect(rig.pool("default") != nil)
    }
}
