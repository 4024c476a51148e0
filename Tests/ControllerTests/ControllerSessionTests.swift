import Addresses
import Allocation
import Benchmarking
import Controller
import KubernetesClient
import KubernetesObjects
import Testing

@Suite("Answers that come late")
struct ControllerSessionTests {
    let now = ContinuousClock.now
    let key = ObjectKey(namespace: "default", name: "web")
    var work: WorkKey { .service(key) }

    func service(version: Int, uid: String = "uid", wish: String? = nil, address: String? = nil) -> Service {
        var service = Service(
            metadata: ObjectMeta(name: key.name, namespace: key.namespace, uid: uid),
            spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"], ports: [.init(port: 80)]))
        service.metadata.resourceVersion = "\(version)"
        service.metadata.annotations["metallb.io/loadBalancerIPs"] = wish
        if let address { service.status.loadBalancer = .init(ingress: [.init(ip: address)]) }
        return service
    }

    /// A session that knows one Service and a pool, with the first write of the Service under way.
    func session() throws -> (ControllerSession, ControllerWrite) {
        var session = ControllerSession(ControllerSettings(namespace: "metallb-system"))
        let pool = IPAddressPool(
            metadata: ObjectMeta(name: "pool", namespace: "metallb-system"),
            spec: .init(addresses: ["10.0.0.1-10.0.0.9"]))
        for event: ControllerEvent in [
            .pools(.replaced([pool], unreadable: [], resourceVersion: "1")),
            .namespaces(.replaced([], unreadable: [], resourceVersion: "1")),
            .configMaps(.replaced([], unreadable: [], resourceVersion: "1")),
            .layer2Advertisements(.connection(.absent)), .bgpAdvertisements(.connection(.absent)),
            .poolServices(.connection(.absent)), .nodePools(.connection(.absent)),
            .bgpPeers(.connection(.absent)), .bfdProfiles(.connection(.absent)), .communities(.connection(.absent)),
            .services(.replaced([service(version: 9)], unreadable: [], resourceVersion: "9")),
        ] {
            _ = session.receive(event, at: now)
        }
        while let next = session.next(at: now) {
            let step = session.begin(next, at: now, timestamp: "t")
            if next == work, case .write(let write) = step.action { return (session, write) }
        }
        throw KubernetesError(.invalid, "the Service is not worked on")
    }

    /// Works what is ready, and gives what is to be written of the Service.
    func next(_ session: inout ControllerSession) -> ControllerWrite? {
        while let next = session.next(at: now) {
            let step = session.begin(next, at: now, timestamp: "t")
            if next == work, case .write(let write) = step.action { return write }
        }
        return nil
    }

    @Test("an edit that the watch told of before the answer to a write counts")
    func editBeforeAnswer() throws {
        var (session, write) = try session()
        _ = session.receive(.services(.applied(service(version: 10, address: "10.0.0.1"))), at: now)
        _ = session.receive(
            .services(.applied(service(version: 11, wish: "10.0.0.5", address: "10.0.0.1"))), at: now)
        let answer = WriteAnswer.service(service(version: 10, address: "10.0.0.1"))
        #expect(session.written(work, write, answer, at: now).action == .end)
        #expect(next(&session) != nil)
        #expect(session.state.allocator.addresses(of: key).map(\.description) == ["10.0.0.5"])
    }

    @Test("a Service that is deleted while it is read again stays deleted, and holds no address")
    func deletedWhileRead() throws {
        var (session, _) = try session()
        var random = SplitMix(seed: 1)
        let step = session.failed(work, KubernetesError(.conflict, ""), at: now, using: &random)
        #expect(step.action == .read(key))
        _ = session.receive(.services(.deleted(key)), at: now)
        #expect(session.reread(work, service(version: 10), at: now, timestamp: "t").action == .end)
        #expect(session.state.serviceCount == 0)
        #expect(session.state.allocator.assignmentCount == 0)
    }

    @Test("what the watch tells later than a read told it is old news")
    func watchBehind() throws {
        var (session, _) = try session()
        var random = SplitMix(seed: 1)
        _ = session.failed(work, KubernetesError(.conflict, ""), at: now, using: &random)
        let read = service(version: 12, wish: "10.0.0.5")
        let step = session.reread(work, read, at: now, timestamp: "t")
        guard case .write(let write) = step.action else { throw KubernetesError(.invalid, "nothing is written") }
        _ = session.receive(.services(.applied(service(version: 10, wish: "10.0.0.7"))), at: now)
        let answer = WriteAnswer.service(service(version: 13, wish: "10.0.0.5", address: "10.0.0.5"))
        _ = session.written(work, write, answer, at: now)
        _ = next(&session)
        #expect(session.state.allocator.addresses(of: key).map(\.description) == ["10.0.0.5"])
    }

    @Test("a Service that is made anew under the same name is not taken for the one that is known")
    func madeAnew() throws {
        var (session, _) = try session()
        var random = SplitMix(seed: 1)
        _ = session.failed(work, KubernetesError(.conflict, ""), at: now, using: &random)
        let step = session.reread(work, service(version: 11, uid: "another"), at: now, timestamp: "t")
        guard case .write(.serviceStatus(_, let patch)) = step.action else {
            throw KubernetesError(.invalid, "nothing is written")
        }
        #expect(patch["metadata"]?["resourceVersion"] == "9")
    }

    @Test("a write that conflicts is made again with what is read, five times at most before it waits")
    func conflicts() throws {
        var (session, _) = try session()
        var random = SplitMix(seed: 1)
        for version in 10..<14 {
            let step = session.failed(work, KubernetesError(.conflict, ""), at: now, using: &random)
            #expect(step.action == .read(key))
            _ = session.reread(work, service(version: version), at: now, timestamp: "t")
        }
        let step = session.failed(work, KubernetesError(.conflict, ""), at: now, using: &random)
        #expect(step.action == .end)
        #expect(step.complaint?.code == .conflict)
        #expect(session.failing == 1)
    }

    @Test("a ConfigurationState whose write may or may not have counted is written again")
    func stateUnknown() throws {
        var (session, _) = try session()
        var now = now
        var random = SplitMix(seed: 1)
        /// The next write of the state, and what it says.
        func write() -> (ControllerWrite, String?)? {
            now += .seconds(100)
            while let key = session.next(at: now) {
                let step = session.begin(key, at: now, timestamp: "t")
                if case .write(let write) = step.action, case .configurationState(let object) = write {
                    return (write, object.status.result)
                }
            }
            return nil
        }
        func change(_ address: String) {
            let pool = IPAddressPool(
                metadata: ObjectMeta(name: "pool", namespace: "metallb-system"), spec: .init(addresses: [address]))
            _ = session.receive(.pools(.applied(pool)), at: now)
        }
        let first = try #require(write())
        #expect(first.1 == "Valid")
        _ = session.written(.configurationState, first.0, .done, at: now)
        change("no address")
        let second = try #require(write())
        #expect(second.1 == "Invalid")
        _ = session.failed(.configurationState, KubernetesError(.timeout, ""), at: now, using: &random)
        change("10.0.0.1-10.0.0.9")
        #expect(write()?.1 == "Valid")
    }

    @Test("an address is given to another Service when the write that takes it away has landed, and not before")
    func freedWhenWritten() throws {
        var (session, write) = try session()
        let first = session.written(work, write, .service(service(version: 10, address: "10.0.0.1")), at: now)
        #expect(first.action == .end)
        var other = service(version: 11, uid: "other", wish: "10.0.0.1")
        other.metadata.name = "other"
        let otherWork = WorkKey.service(other.key)
        _ = session.receive(.services(.applied(other)), at: now)
        _ = next(&session)
        #expect(session.state.allocator.addresses(of: other.key).isEmpty)
        // The first asks for another address; its write is under way, fails, and is made again.
        let moved = service(version: 12, wish: "10.0.0.2", address: "10.0.0.1")
        _ = session.receive(.services(.applied(moved)), at: now)
        let second = try #require(next(&session))
        var random = SystemRandomNumberGenerator()
        _ = session.failed(work, KubernetesError(.unreachable, "gone"), at: now, using: &random)
        _ = session.receive(.services(.applied(service(version: 13, wish: "10.0.0.2", address: "10.0.0.1"))), at: now)
        _ = next(&session)
        #expect(session.state.allocator.addresses(of: other.key).isEmpty)
        _ = session.written(
            work, second, .service(service(version: 14, wish: "10.0.0.2", address: "10.0.0.2")), at: now)
        var written: ControllerWrite?
        while let key = session.next(at: now) {
            let step = session.begin(key, at: now, timestamp: "t")
            if key == otherWork, case .write(let write) = step.action { written = write }
        }
        #expect(written != nil)
        #expect(session.state.allocator.addresses(of: other.key).map(\.description) == ["10.0.0.1"])
    }

    @Test("a Service that leaves us is cleared of our address, also if that takes a second try")
    func clearedAtLast() throws {
        var (session, write) = try session()
        _ = session.written(work, write, .service(service(version: 10, address: "10.0.0.1")), at: now)
        func left(_ version: Int) -> Service {
            var service = service(version: version, address: "10.0.0.1")
            service.spec.loadBalancerClass = "example.com/other"
            return service
        }
        _ = session.receive(.services(.applied(left(11))), at: now)
        #expect(next(&session) != nil)
        var random = SystemRandomNumberGenerator()
        _ = session.failed(work, KubernetesError(.unreachable, "gone"), at: now, using: &random)
        _ = session.receive(.services(.applied(left(12))), at: now)
        guard case .serviceStatus(_, let patch) = next(&session) else {
            Issue.record("nothing is written")
            return
        }
        #expect(patch["status"]?["loadBalancer"]?["ingress"] == .null)
    }
}
