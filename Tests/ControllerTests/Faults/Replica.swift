import Benchmarking
import Controller
import KubernetesClient
import KubernetesObjects
import LabAPI

/// One process of the controller: its session, its watches and its requests under way, each of which goes on only when it
/// is its turn.
struct Replica {
    /// A request on its way: to the server, or with its answer back.
    struct Flight {
        enum Content {
            case write(ControllerWrite)
            case read(KubernetesObjects.ObjectKey)
        }

        enum Answer {
            case written(WriteAnswer)
            case read(Service)
            case failed(KubernetesError)
        }

        var key: WorkKey
        var content: Content
        /// Nil until the server has carried it out.
        var answer: Answer?
    }

    /// What is known of one kind.
    struct Feed {
        enum Kind: CaseIterable {
            case services, namespaces, configMaps, pools, layer2Advertisements, poolServices, nodePools
        }

        var kind: Kind
        /// Nil before the list.
        var watch: Watch?
        var events: [ControllerEvent] = []

        var plural: String {
            switch kind {
            case .services: "services"
            case .namespaces: "namespaces"
            case .configMaps: "configmaps"
            case .pools: "ipaddresspools"
            case .layer2Advertisements: "l2advertisements"
            case .poolServices: "poolservices"
            case .nodePools: "nodepools"
            }
        }
    }

    let name: String
    var session: ControllerSession
    var feeds = Feed.Kind.allCases.map { Feed(kind: $0) }
    var flights: [Flight] = []
    /// Frozen processes do nothing until then.
    var frozenUntil: ContinuousClock.Instant?
    /// What it has told, in order.
    private(set) var reports: [EventReport] = []

    init(name: String, loadBalancerClass: String? = nil, at now: ContinuousClock.Instant) {
        self.name = name
        var settings = ControllerSettings(namespace: LabServer.namespace, loadBalancerClass: loadBalancerClass)
        settings.workers = 3
        session = ControllerSession(settings)
        reports = session.start(at: now)
        // Kinds that this server does not have.
        _ = session.receive(.bgpAdvertisements(.connection(.absent)), at: now)
        _ = session.receive(.bgpPeers(.connection(.absent)), at: now)
        _ = session.receive(.bfdProfiles(.connection(.absent)), at: now)
        _ = session.receive(.communities(.connection(.absent)), at: now)
    }

    // MARK: what it hears

    /// Lists a kind that is not followed yet, or fetches what is new of it.
    mutating func fetch(_ index: Int, _ server: inout LabServer) {
        switch feeds[index].kind {
        case .services: fetch(index, &server, Service.self) { .services($0.digested) }
        case .namespaces: fetch(index, &server, Namespace.self) { .namespaces($0) }
        case .configMaps: fetch(index, &server, ConfigMap.self) { .configMaps($0) }
        case .pools: fetch(index, &server, IPAddressPool.self) { .pools($0) }
        case .layer2Advertisements: fetch(index, &server, L2Advertisement.self) { .layer2Advertisements($0) }
        case .poolServices: fetch(index, &server, PoolService.self) { .poolServices($0) }
        case .nodePools: fetch(index, &server, NodePool.self) { .nodePools($0) }
        }
    }

    private mutating func fetch<Object: KubernetesObject>(
        _ index: Int, _ server: inout LabServer, _ type: Object.Type,
        _ event: (ReflectorEvent<Object>) -> ControllerEvent
    ) {
        guard var watch = feeds[index].watch else {
            let (objects, version) = server.list(type, feeds[index].plural)
            feeds[index].events.append(event(.replaced(objects, unreadable: [], resourceVersion: version)))
            feeds[index].watch = server.watch(feeds[index].plural, from: version)
            return
        }
        feeds[index].events += server.poll(&watch, type).map(event)
        feeds[index].watch = watch
    }

    /// Hears the next event of a kind.
    mutating func hear(_ index: Int, at now: ContinuousClock.Instant) {
        guard !feeds[index].events.isEmpty else { return }
        reports += session.receive(feeds[index].events.removeFirst(), at: now)
    }

    // MARK: what it does

    /// Begins the work on the next key.
    /// - Returns: the key, nil if there is none or no worker is free.
    mutating func begin(at now: ContinuousClock.Instant, timestamp: String) -> WorkKey? {
        guard flights.count < 3, let key = session.next(at: now) else { return nil }
        take(session.begin(key, at: now, timestamp: timestamp), key)
        return key
    }

    private mutating func take(_ step: ControllerSession.Step, _ key: WorkKey) {
        reports += step.reports
        switch step.action {
        case .write(let write): flights.append(Flight(key: key, content: .write(write)))
        case .read(let service): flights.append(Flight(key: key, content: .read(service)))
        case .end: break
        }
    }

    /// Hears the answer of a request that was carried out.
    mutating func land(
        _ index: Int, at now: ContinuousClock.Instant, timestamp: String, using random: inout SplitMix
    ) {
        guard let answer = flights[index].answer else { return }
        let flight = flights.remove(at: index)
        switch (answer, flight.content) {
        case (.written(let answer), .write(let write)):
            take(session.written(flight.key, write, answer, at: now), flight.key)
        case (.read(let service), _):
            take(session.reread(flight.key, service, at: now, timestamp: timestamp), flight.key)
        case (.failed(let error), _):
            take(session.failed(flight.key, error, at: now, using: &random), flight.key)
        case (.written, .read): break
        }
    }
}

extension Replica.Flight {
    /// Has the server carry the request out.
    mutating func fly(_ server: inout LabServer, fault: () -> LabServer.Fault?) {
        do throws(KubernetesError) {
            switch content {
            case .write(let write): answer = .written(try server.write(write, fault: fault))
            case .read(let key): answer = .read(try server.service(key, fault: fault()))
            }
        } catch {
            answer = .failed(error)
        }
    }
}

extension Replica.Flight: CustomStringConvertible {
    var description: String {
        let about = "\(key)".prefix(200)
        switch (content, answer) {
        case (.read, nil): return "read for \(about)"
        case (.write, nil): return "write for \(about)"
        case (_, .failed(let error)): return "\(error.code) to \(about)"
        case (_, .written), (_, .read): return "answer to \(about)"
        }
    }
}
