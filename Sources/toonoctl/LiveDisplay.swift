import Foundation
import Inspection
import KubernetesClient
import KubernetesObjects
import YAMLOutput

/// What `toonoctl watch` shows, and where: takes in what the API and speakers tell, in the order in which it comes.
actor LiveDisplay {
    /// A view that is drawn again and again, or what is only ever added to.
    enum Form { case screen, lines }

    private let server: String
    private let form: Form
    private let format: OutputFormat
    private let start = ContinuousClock.now
    private var view = LiveView()
    private var services = Mirror<Service>()
    private var layer2Statuses = Mirror<ServiceL2Status>()
    private var bgpStatuses = Mirror<ServiceBGPStatus>()
    private var events = Mirror<EventRecord>()
    /// What went wrong with a speaker's `/state`, so that it is said once.
    private var speakerProblems: [String: String] = [:]

    init(server: String, form: Form, format: OutputFormat) {
        self.server = server
        self.form = form
        self.format = format
    }

    func begin() { if form == .screen { Terminal.enter() } }

    func end() { if form == .screen { Terminal.leave() } }

    // MARK: - What is told

    func take(_ event: ReflectorEvent<Service>) {
        services.take(event)
        look()
    }

    func take(_ event: ReflectorEvent<ServiceL2Status>) {
        layer2Statuses.take(event)
        look()
    }

    func take(_ event: ReflectorEvent<ServiceBGPStatus>) {
        bgpStatuses.take(event)
        look()
    }

    func take(_ event: ReflectorEvent<EventRecord>) {
        let isFirst = events.objects == nil
        let news: [EventRecord] =
            switch event {
            case .applied(let object): events.objects?[object.key] == object ? [] : [object]
            case .replaced(let all, _, _): all.filter { events.objects?[$0.key] != $0 }
            default: []
            }
        events.take(event)
        for event in news.sorted(by: { $0.time < $1.time }) {
            if isFirst { view.recall(event, at: moment) } else { show(view.observe(event, at: moment)) }
        }
    }

    func take(speaker url: String, read: @Sendable () async throws -> SpeakerView) async {
        let answer: Result<SpeakerView, any Error>
        do { answer = .success(try await read()) } catch { answer = .failure(error) }
        switch answer {
        case .success(let speaker):
            speakerProblems[url] = nil
            show(view.observe(speaker, at: moment))
        case .failure(let error):
            let problem = "\(url): \(error)"
            guard speakerProblems.updateValue(problem, forKey: url) == nil, form == .lines else { return }
            StandardError.write(problem)
        }
    }

    // MARK: - What is shown

    /// Draws the screen again; lines need nothing.
    func draw() {
        guard form == .screen else { return }
        let size = Terminal.size
        Terminal.draw(
            view.screen(
                server: server, at: moment, columns: size.columns, rows: size.rows, isWide: format == .wide))
    }

    /// Once all three kinds have been listed, each change of one is a look at all.
    private func look() {
        let problem = services.problem ?? layer2Statuses.problem ?? bgpStatuses.problem
        show(view.connection(problem, at: moment))
        guard let services = services.objects, let layer2 = layer2Statuses.objects, let bgp = bgpStatuses.objects else {
            return
        }
        var look = LiveLook()
        look.services = Array(services.values)
        look.layer2Statuses = Array(layer2.values)
        look.bgpStatuses = Array(bgp.values)
        show(view.observe(look, at: moment))
    }

    private var moment: LiveMoment {
        let style = Date.ISO8601FormatStyle(timeZone: .current)
        let isForPeople = format == .table || format == .wide
        return LiveMoment(
            clock: Date.now.formatted(
                isForPeople
                    ? style.time(includingFractionalSeconds: true)
                    : Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            elapsed: ContinuousClock.now - start)
    }

    private func show(_ changes: [LiveChange]) {
        guard !changes.isEmpty else { return }
        guard form == .lines else { return draw() }
        for change in changes { Terminal.write(text(of: change) + "\n") }
    }

    /// A change holds nothing that does not encode.
    private func text(of change: LiveChange) -> String {
        switch format {
        case .table, .wide: return change.text
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return (try? encoder.encode(change)).map { String(decoding: $0, as: UTF8.self) } ?? change.text
        case .yaml: return "---\n" + ((try? YAMLText.encode(change)) ?? change.text)
        }
    }
}

/// The objects of one kind as a reflector tells of them.
private struct Mirror<Object: KubernetesObject> {
    /// Nil until they were listed.
    private(set) var objects: [ObjectKey: Object]?
    private(set) var problem: String?

    mutating func take(_ event: ReflectorEvent<Object>) {
        switch event {
        case .replaced(let all, _, _):
            objects = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        case .applied(let object): objects?[object.key] = object
        case .deleted(let key): objects?[key] = nil
        case .unreadable: break
        case .connection(.connected): problem = nil
        case .connection(.offline(let error)): problem = "\(error)"
        // A kind that is not served has no objects.
        case .connection(.absent):
            problem = nil
            objects = objects ?? [:]
        }
    }
}
