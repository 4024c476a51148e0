@testable import Inspection
import KubernetesObjects
import Testing

@Suite("Looking on")
struct LiveViewTests {
    /// A view that has looked once at a Service which edge2 announces, and what tests do to it.
    struct Screen {
        var view = LiveView()
        var look = LiveLook()
        var seconds = 0

        init() {
            look.services = [Cluster.service("web", address: Cluster.address)]
            look.layer2Statuses = [Cluster.report("web", on: "edge2")]
        }

        var moment: LiveMoment {
            LiveMoment(clock: "12:00:\(seconds < 10 ? "0" : "")\(seconds)", elapsed: .seconds(seconds))
        }

        mutating func see() -> [String] {
            defer { seconds += 1 }
            return view.observe(look, at: moment).map(\.text)
        }

        mutating func see(owners: [String]) -> [String] {
            look.layer2Statuses = owners.map { Cluster.report("web", on: $0) }
            return see()
        }

        func lines(columns: Int = 200, rows: Int = 40, isWide: Bool = false) -> [String] {
            view.screen(server: "https://api", at: moment, columns: columns, rows: rows, isWide: isWide)
        }
    }

    @Test("the first look says who announces what, and a look at the same says nothing")
    func found() {
        var screen = Screen()
        #expect(screen.see() == ["12:00:00  default/web 192.0.2.90 is announced by edge2 on eth0"])
        #expect(screen.see() == [])
    }

    @Test("a take-over is one change, whichever of the two reports is seen to go or come first")
    func moved() {
        var screen = Screen()
        _ = screen.see()
        #expect(
            screen.see(owners: ["edge2", "edge1"]) == [
                "12:00:01  default/web 192.0.2.90 moved from edge2 to edge1 on eth0"
            ])
        #expect(screen.see(owners: ["edge1"]) == [])
        #expect(screen.see(owners: ["edge3"]) == ["12:00:03  default/web 192.0.2.90 moved from edge1 to edge3 on eth0"])
    }

    @Test("who comes after a silence took over from the last one; the last one itself just announces again")
    func silence() {
        var screen = Screen()
        _ = screen.see()
        #expect(
            screen.see(owners: []) == ["12:00:01  default/web 192.0.2.90 is not announced any more by edge2 on eth0"])
        #expect(screen.see(owners: ["edge1"]) == ["12:00:02  default/web 192.0.2.90 moved from edge2 to edge1 on eth0"])
        _ = screen.see(owners: [])
        #expect(screen.see(owners: ["edge1"]) == ["12:00:04  default/web 192.0.2.90 is announced by edge1 on eth0"])
    }

    @Test("a report without its interfaces, which are written after it, is looked at when they are there")
    func unfinished() {
        var screen = Screen()
        _ = screen.see()
        var report = Cluster.report("web", on: "edge1")
        report.status.interfaces = nil
        screen.look.layer2Statuses.append(report)
        #expect(screen.see() == [])
        #expect(screen.see(owners: ["edge2", "edge1"]).count == 1)
    }

    @Test("two links have an owner each: one more is no move")
    func links() {
        var screen = Screen()
        _ = screen.see()
        screen.look.layer2Statuses.append(Cluster.report("web", on: "edge1", interface: "eth1"))
        #expect(screen.see() == ["12:00:01  default/web 192.0.2.90 is announced by edge1 on eth1"])
    }

    @Test("each node announces to a router for itself")
    func routers() {
        func report(_ node: String) -> ServiceBGPStatus {
            ServiceBGPStatus(
                metadata: Cluster.report("web", on: node).metadata, status: .init(peers: ["router"]))
        }
        var screen = Screen()
        screen.look.layer2Statuses = []
        screen.look.bgpStatuses = [report("edge1")]
        _ = screen.see()
        screen.look.bgpStatuses = [report("edge1"), report("edge3")]
        #expect(screen.see() == ["12:00:01  default/web 192.0.2.90 is announced by edge3 to router"])
        screen.look.bgpStatuses = [report("edge3")]
        #expect(screen.see() == ["12:00:02  default/web 192.0.2.90 is not announced any more by edge1 to router"])
    }

    @Test("addresses that come and go are told")
    func addresses() {
        var screen = Screen()
        _ = screen.see()
        screen.look.services.append(Cluster.service("mail", address: "192.0.2.91"))
        #expect(screen.see() == ["12:00:01  default/mail has 192.0.2.91"])
        screen.look.services[1] = Cluster.service("mail", address: nil)
        #expect(screen.see() == ["12:00:02  default/mail has 192.0.2.91 no more"])
        screen.look.services = []
        screen.look.layer2Statuses = []
        #expect(
            screen.see() == [
                "12:00:03  default/web has 192.0.2.90 no more",
                "12:00:03  default/web is not announced any more by edge2 on eth0",
            ])
        #expect(screen.lines().contains("no Service has an address"))
    }

    @Test("sessions come from events, and from speakers that are asked; once each")
    func sessions() {
        var screen = Screen()
        func event(_ reason: String) -> EventRecord {
            EventRecord(
                component: "toono-speaker", host: "edge1", type: "Normal", reason: reason,
                message: "node \"edge1\": words",
                involvedObject: .init(kind: "BGPPeer", namespace: "metallb-system", name: "router"))
        }
        #expect(
            screen.view.observe(event("sessionUp"), at: screen.moment).map(\.text)
                == ["12:00:00  edge1 has a session with router: node \"edge1\": words"])
        #expect(screen.view.observe(event("sessionUp"), at: screen.moment) == [])
        var speaker = SpeakerView()
        speaker.origin = "edge1"
        speaker.sessions = [.init(peer: "router", state: "active", obstacle: nil, lastError: "refused")]
        #expect(
            screen.view.observe(speaker, at: screen.moment).map(\.text)
                == ["12:00:00  edge1 has no session with router: active: refused"])
        #expect(screen.lines().contains("router   edge1   down      0s"))
    }

    @Test("a speaker that is asked tells whom it hears, and the first answer is no news")
    func peers() {
        var screen = Screen()
        var speaker = SpeakerView()
        speaker.origin = "edge1"
        speaker.links = [
            .init(name: "eth0", peers: [.init(node: "edge2", isLive: true), .init(node: "edge3", isLive: false)])
        ]
        #expect(screen.view.observe(speaker, at: screen.moment) == [])
        speaker.links = [
            .init(
                name: "eth0",
                peers: [.init(node: "edge2", isLive: false, state: "down"), .init(node: "edge3", isLive: true)])
        ]
        #expect(
            screen.view.observe(speaker, at: screen.moment).map(\.text) == [
                "12:00:00  edge1 hears edge2 on eth0 no more: down", "12:00:00  edge1 hears edge3 on eth0",
            ])
    }

    @Test("events of Toono are told, others and what reports say better are not")
    func events() {
        var screen = Screen()
        func told(_ component: String, _ reason: String) -> [String] {
            let event = EventRecord(
                component: component, type: "Warning", reason: reason, message: "why\nnot",
                involvedObject: .init(kind: "Service", namespace: "default", name: "web"))
            return screen.view.observe(event, at: screen.moment).map(\.text)
        }
        #expect(
            told("toono-speaker", "announceFailed") == ["12:00:00  Service default/web: warning announceFailed why not"]
        )
        #expect(told("toono-speaker", "nodeAssigned") == [])
        #expect(told("kubelet", "Failed") == [])
    }

    @Test("an outage is told once, and its end")
    func outage() {
        var screen = Screen()
        #expect(screen.view.connection(nil, at: screen.moment) == [])
        #expect(screen.view.connection("refused", at: screen.moment).map(\.change) == [.offline])
        #expect(screen.view.connection("timeout", at: screen.moment) == [])
        #expect(screen.lines().first == "toono  12:00:00  https://api does not answer: timeout")
        #expect(screen.view.connection(nil, at: screen.moment).map(\.change) == [.online])
    }

    @Test(
        "the screen has owners, how long they are it, and the newest changes; a Service that nobody announces is in it")
    func drawn() {
        var screen = Screen()
        screen.look.services.append(Cluster.service("mail", address: "192.0.2.91"))
        _ = screen.see()
        _ = screen.see(owners: ["edge1"])
        screen.seconds = 31
        #expect(
            screen.lines(isWide: true) == [
                "toono  12:00:31  https://api answers", "",
                "SERVICE        ADDRESS      NODE     METHOD   VIA    FOR",
                "default/mail   192.0.2.91   nobody   -        -      -",
                "default/web    192.0.2.90   edge1    layer2   eth0   30s", "", "CHANGES",
                "12:00:01  default/web 192.0.2.90 moved from edge2 to edge1 on eth0",
            ])
    }

    @Test(
        "the screen never has more lines or longer ones than the terminal",
        arguments: [(1, 1), (10, 3), (40, 8), (80, 24), (200, 60)])
    func fits(columns: Int, rows: Int) {
        var screen = Screen()
        for number in 0..<50 {
            let name = "service-\(number)"
            screen.look.services.append(Cluster.service(name, address: "192.0.2.1"))
            screen.look.layer2Statuses.append(Cluster.report(name, on: "edge1"))
        }
        _ = screen.see()
        screen.look.layer2Statuses = screen.look.services.map { Cluster.report($0.metadata.name, on: "edge3") }
        _ = screen.see()
        let lines = screen.lines(columns: columns, rows: rows)
        #expect(lines.count <= rows)
        #expect(lines.allSatisfy { $0.count <= columns })
        if rows >= 24 {
            #expect(lines.contains { $0.hasPrefix("… and ") })
            #expect(lines.last?.contains("moved") == true)
        }
    }
}
