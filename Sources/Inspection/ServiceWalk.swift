import Addresses
import ClusterConfiguration
import Eligibility
package import KubernetesObjects
import Reasons

extension ClusterPicture {
    /// Walks from a Service to the wire.
    ///
    /// - Parameters:
    ///   - events: those about the Service, for servers that drop the controller's condition and for what speakers tell, and
    ///     warnings about nodes.
    ///   - speakers: what speakers show of themselves, as far as they were asked.
    /// - Returns: nil if there is no such Service.
    package func explain(
        _ key: ObjectKey, events: [EventRecord] = [], speakers: [SpeakerView] = []
    ) -> Explanation? {
        guard let service = service(key) else { return nil }
        var walk = ServiceWalk(picture: self, service: service, events: events, speakers: speakers)
        walk.run()
        return walk.explanation
    }
}

/// One walk. Each step either lets the way go on or ends it with a cause.
struct ServiceWalk {
    let picture: ClusterPicture
    let service: Service
    let events: [EventRecord]
    let speakers: [SpeakerView]
    private(set) var findings: [Explanation.Finding] = []
    /// The first that was found.
    private(set) var cause: Explanation.Cause?
    /// What is wrong though the Service is announced.
    private var remarks: [String] = []

    init(picture: ClusterPicture, service: Service, events: [EventRecord], speakers: [SpeakerView]) {
        self.picture = picture
        self.service = service
        self.events = events
        self.speakers = speakers
    }

    var announcers: [Announcer] { picture.announcers(of: service.key) }

    mutating func run() {
        guard checkType(), checkClass(), checkAddress() else { return }
        guard picture.resolution.configuration != nil else { return checkInvalidConfiguration() }
        for verdict in picture.announcements(of: service) {
            if checkPool(verdict), checkAdvertisement(verdict), checkEndpoints(verdict), checkNodes(verdict),
                checkSessions(verdict)
            {
                checkAnnouncement(verdict)
            }
        }
    }

    var explanation: Explanation {
        let addresses = service.addresses.map(\.description)
        let reported = announcers.map(\.description)
        let seen = speakers.filter { speaker in addresses.contains { speaker.announces($0) } }
        let names = reported.isEmpty ? seen.map { "\($0.node ?? $0.origin) (says its speaker)" } : reported
        let places = names.joined(separator: ", ")
        let summary =
            cause.map { "\(service.key) is not announced: \($0.text)" }
            ?? "\(service.key) is announced: \(addresses.joined(separator: ", ")) by \(places)\(warnings)"
        return Explanation(service: service.key.description, summary: summary, cause: cause, findings: findings)
    }

    /// The first line's end for a Service that is announced: `; edge1 warns: helloKeyDiffers`.
    private var warnings: String {
        var warnings = remarks.map { "; \($0)" }
        warnings += speakers.compactMap { speaker -> String? in
            guard let names = speaker.warnings, !names.isEmpty else { return nil }
            return "; \(speaker.node ?? speaker.origin) warns: \(names.joined(separator: ", "))"
        }
        if picture.resolution.configuration == nil, let problem = picture.resolution.problems.first {
            warnings.append("; by the last good configuration, \(Reason.configurationInvalid.rawValue): \(problem)")
        }
        return warnings.joined()
    }

    // MARK: - Notes

    mutating func pass(_ step: Explanation.Step, _ address: String? = nil, _ text: String, _ details: [String] = []) {
        findings.append(.init(step: step, address: address, result: .ok, text: text, details: details))
    }

    mutating func remark(_ text: String) { if !remarks.contains(text) { remarks.append(text) } }

    mutating func note(_ step: Explanation.Step, _ address: String? = nil, _ text: String, _ details: [String] = []) {
        findings.append(.init(step: step, address: address, result: .note, text: text, details: details))
    }

    mutating func stop(
        _ step: Explanation.Step, _ address: String? = nil, _ found: Explanation.Cause, _ details: [String] = []
    ) {
        cause = cause ?? found
        findings.append(.init(step: step, address: address, result: .stops, text: found.text, details: details))
    }

    // MARK: - Steps that concern the whole Service

    private mutating func checkType() -> Bool {
        let type = service.spec.type ?? "ClusterIP"
        guard service.isLoadBalancer else {
            stop(.type, nil, .init(reason: nil, message: "its type is \(type), and only a LoadBalancer has an address"))
            return false
        }
        pass(.type, nil, type)
        return true
    }

    private mutating func checkClass() -> Bool {
        let own = service.spec.loadBalancerClass
        guard picture.isOurs(service) else {
            let having = own.map { "class \"\($0)\"" } ?? "no class"
            let serving = picture.policy.loadBalancerClass.map { "class \"\($0)\"" } ?? "Services without a class"
            stop(
                .class, nil,
                .init(
                    reason: Reason.classNotOurs.rawValue,
                    message: "the Service has \(having), and Toono serves \(serving)"),
                ["if Toono runs with another --lb-class than this, tell it by the same flag"])
            return false
        }
        pass(.class, nil, own.map { "\($0), which is served" } ?? "none, as is served")
        return true
    }

    private mutating func checkAddress() -> Bool {
        let addresses = service.addresses
        if service.isDividedAmongPools { return checkPoolServices() }
        guard !addresses.isEmpty else {
            stop(.address, nil, missingAddress, configurationProblems)
            return false
        }
        let list = addresses.map(\.description).joined(separator: ", ")
        let message = service.allocatedCondition?.message
        pass(.address, nil, list, message.map { [$0] } ?? [])
        return true
    }

    /// OpenYurt makes a PoolService for each node pool and puts their addresses together in the Service's status.
    private mutating func checkPoolServices() -> Bool {
        let poolServices = picture.poolServices(of: service.key)
        let details = poolServices.map { poolService in
            let pool = poolService.nodePool ?? "?"
            if !poolService.addressText.isEmpty { return "node pool \(pool): \(poolService.addressText)" }
            let reason = poolService.allocatedCondition.map { "\($0.reason ?? ""): \($0.message ?? "")" }
            return "node pool \(pool): no address" + (reason.map { ": \($0)" } ?? "")
        }
        let lacking = poolServices.filter(\.addressText.isEmpty)
        guard !service.addresses.isEmpty else {
            stop(.address, nil, missingPoolAddress(poolServices, lacking), details + configurationProblems)
            return false
        }
        let list = service.addresses.map(\.description).joined(separator: ", ")
        if lacking.isEmpty { pass(.address, nil, list, details) } else { note(.address, nil, list, details) }
        return true
    }

    private func missingPoolAddress(_ poolServices: [PoolService], _ lacking: [PoolService]) -> Explanation.Cause {
        if poolServices.isEmpty {
            let selector = service.metadata.annotations[OpenYurt.nodePoolSelector] ?? ""
            return .init(
                reason: Reason.noPoolService.rawValue,
                message: "there is no PoolService: does a NodePool match \(selector), and does yurt-manager run?")
        }
        guard let first = lacking.first else {
            return .init(
                reason: nil,
                message: "the PoolServices have addresses, and OpenYurt has not put them into the Service's status yet")
        }
        if let condition = first.allocatedCondition, condition.status == "False" {
            return .init(
                reason: condition.reason, message: "node pool \(first.nodePool ?? "?"): \(condition.message ?? "")")
        }
        return missingAddress
    }

    /// Why the controller has given no address: its condition, else its last event, else what keeps it from working.
    private var missingAddress: Explanation.Cause {
        if let condition = service.allocatedCondition, condition.status == "False" {
            return .init(reason: condition.reason, message: condition.message ?? "")
        }
        if let event = events.warnings(of: "toono-controller").first, let message = event.message {
            if let (reason, rest) = Reason.named(in: message) { return .init(reason: reason.rawValue, message: rest) }
            return .init(reason: nil, message: message)
        }
        if let problem = picture.resolution.problems.first {
            return .init(reason: Reason.configurationInvalid.rawValue, message: problem.description)
        }
        let hasReported = picture.objects.configurationStates.contains { $0.metadata.name == "controller" }
        return .init(
            reason: nil,
            message: hasReported
                ? "the controller has not decided about it yet; look at its log"
                : "the controller has never reported: is toono-controller running?")
    }

    private var configurationProblems: [String] {
        picture.resolution.problems.map { "configuration: \($0)" }
    }

    /// The speakers work by the last good configuration, which the API does not have: only what they report is known.
    private mutating func checkInvalidConfiguration() {
        guard announcers.isEmpty else {
            return note(
                .announcement, nil,
                "\(announcers.map(\.description).joined(separator: ", ")), by the last good configuration",
                configurationProblems)
        }
        let first = picture.resolution.problems.first?.description ?? ""
        stop(
            .advertisement, nil, .init(reason: Reason.configurationInvalid.rawValue, message: first),
            configurationProblems)
    }
}

extension Reason {
    /// The reason that a message of an event names, and what follows it: controllers and speakers write `NAME: TEXT`.
    static func named(in message: String) -> (reason: Reason, rest: String)? {
        let parts = message.split(separator: ": ", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if let reason = Reason(rawValue: String(part)) {
                return (reason, parts.dropFirst(index + 1).joined(separator: ": "))
            }
        }
        return nil
    }
}
