import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons

// The steps of one address.
extension ServiceWalk {
    mutating func checkPool(_ verdict: AddressVerdict) -> Bool {
        let address = verdict.address.description
        guard let pool = picture.resolution.configuration?.pool(holding: verdict.address) else {
            stop(.pool, address, .init(verdict.layer2.refusal, else: .addressNotInPool))
            return false
        }
        pass(.pool, address, "\(address) is of IPAddressPool \"\(pool.name)\"")
        return true
    }

    mutating func checkAdvertisement(_ verdict: AddressVerdict) -> Bool {
        let address = verdict.address.description
        guard let configuration = picture.resolution.configuration,
            let pool = configuration.pool(holding: verdict.address)
        else { return false }
        let choices = choices(of: configuration, pool: pool.name)
        let selecting = choices.filter { $0.obstacle == nil }.map(\.name)
        guard !selecting.isEmpty else {
            let others = choices.compactMap { choice in choice.obstacle.map { "\(choice.name) \($0)" } }
            var message = "no advertisement selects pool \"\(pool.name)\" for this Service"
            if others.isEmpty { message += ": there is no L2Advertisement and no BGPAdvertisement" }
            // What is meant is most often the only one that there is.
            if let only = others.first, others.count == 1 { message += ": \(only)" }
            stop(.advertisement, address, .init(reason: Reason.noAdvertisement.rawValue, message: message), others)
            return false
        }
        pass(.advertisement, address, selecting.joined(separator: ", "))
        return true
    }

    /// An advertisement, with what keeps it from this Service's pool.
    private struct Choice {
        var name: String
        var obstacle: String?

        init(_ name: String, pools: Set<String>, selectors: [LabelSelector], pool: String, labels: [String: String]) {
            self.name = name
            if !pools.contains(pool) {
                obstacle = "does not select the pool"
            } else if !selectors.admits(labels) {
                obstacle = "has serviceSelectors that do not match the Service's labels"
            }
        }
    }

    private func choices(of configuration: Configuration, pool: String) -> [Choice] {
        let labels = service.metadata.labels
        return configuration.layer2Advertisements.map {
            Choice(
                "L2Advertisement \"\($0.name)\"", pools: $0.pools, selectors: $0.serviceSelectors, pool: pool,
                labels: labels)
        }
            + configuration.bgpAdvertisements.map {
                Choice(
                    "BGPAdvertisement \"\($0.name)\"", pools: $0.pools, selectors: $0.serviceSelectors, pool: pool,
                    labels: labels)
            }
    }

    mutating func checkEndpoints(_ verdict: AddressVerdict) -> Bool {
        let slices = picture.slices(of: service.key)
        let serving = ServingEndpoints(slices)
        guard serving.count > 0 else {
            let known = slices.reduce(0) { $0 + $1.endpoints.count }
            var message = "the Service has no endpoint that can serve"
            if known > 0 {
                message += ": none of \(known) is ready"
                let places = Set(slices.flatMap(\.endpoints).compactMap(\.nodeName)).filter { !picture.isReady($0) }
                if !places.isEmpty {
                    message += "; nodes that are not Ready: \(places.sorted().joined(separator: ", "))"
                }
            } else if let selector = service.spec.selector, !selector.isEmpty {
                let text = selector.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
                message += ": no pod runs that matches its selector \(text)"
            }
            stop(
                .endpoints, verdict.address.description,
                .init(reason: Reason.noServingEndpoint.rawValue, message: message))
            return false
        }
        let places = serving.nodes.isEmpty ? "" : " on \(serving.nodes.sorted().joined(separator: ", "))"
        pass(.endpoints, verdict.address.description, "\(serving.count) can serve\(places)")
        return true
    }

    func announcers(for verdict: AddressVerdict) -> [Announcer] {
        picture.announcers(of: service, for: verdict.address)
    }

    mutating func checkNodes(_ verdict: AddressVerdict) -> Bool {
        let address = verdict.address.description
        let able = picture.nodes.filter { verdict.mayAnnounce($0.name) }
        let details = picture.nodes.map { node in "\(node.name): \(account(of: node, verdict))" }
        guard !able.isEmpty else {
            stop(.nodes, address, noNode(verdict), details)
            return false
        }
        let free = able.filter { !$0.isDrained }
        guard free.isEmpty else {
            pass(.nodes, address, "\(free.map(\.name).joined(separator: ", ")) may announce", details)
            return true
        }
        let text = "every node that may announce is drained: \(able.map(\.name).joined(separator: ", "))"
        guard announcers(for: verdict).isEmpty else {
            note(.nodes, address, text, details)
            return true
        }
        stop(.nodes, address, .init(reason: Reason.quiesced.rawValue, message: text), details)
        return false
    }

    private func account(of node: NodeFacts, _ verdict: AddressVerdict) -> String {
        if let refusal = verdict.refusal(of: node.name) { return "\(refusal.reason.rawValue): \(refusal.message)" }
        if node.isDrained { return "\(Reason.quiesced.rawValue): the node is drained (\(Node.drainAnnotation))" }
        guard let candidate = verdict.layer2.candidates[node.name] else { return "may announce by BGP" }
        var facts: [String] = []
        if candidate.score > 0 { facts.append("preference \(candidate.score)") }
        if let names = candidate.interfaces { facts.append("on \(names.sorted().joined(separator: ", "))") }
        return "may announce" + (facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))")
    }

    /// Where all nodes are refused for one reason, that reason is the cause, and what is against the first node says it.
    private func noNode(_ verdict: AddressVerdict) -> Explanation.Cause {
        let refusals = picture.nodes.compactMap { verdict.refusal(of: $0.name) }
        guard let any = refusals.first else {
            return .init(reason: Reason.noEligibleNode.rawValue, message: "the cluster has no node")
        }
        // That other node pools' nodes may not is no news where this one's may not either.
        let own = refusals.filter { $0.reason != .otherNodePool }
        let (first, others) = own.first.map { ($0, own) } ?? (any, refusals)
        let reasons = Set(others.map(\.reason.rawValue)).sorted()
        let count = others.count
        if reasons.count == 1 {
            let more = count == 1 ? "" : "; so with all \(count) nodes"
            return .init(reason: first.reason.rawValue, message: first.message + more)
        }
        return .init(
            reason: Reason.noEligibleNode.rawValue,
            message: "none of \(count) nodes may announce: \(reasons.joined(separator: ", "))")
    }

    mutating func checkAnnouncement(_ verdict: AddressVerdict) {
        let address = verdict.address.description
        let accounts = speakers.compactMap { speaker in
            speaker.account(of: address).map { (speaker.origin, $0.reason, $0.text) }
        }
        let details = accounts.map { "\($0.0): \($0.2)" }
        let announcers = announcers(for: verdict).filter { !isDenied($0, address) }
        guard announcers.isEmpty else {
            let old = announcers.map(\.node).filter { !picture.isReady($0) }
            for node in old { remark("\(node) is not Ready: what it reports may be old") }
            return pass(
                .announcement, address, "\(address) by \(announcers.map(\.description).joined(separator: ", "))",
                details)
        }
        if let speaker = speakers.first(where: { $0.announces(address) }) {
            return note(
                .announcement, address,
                "\(address) by \(speaker.node ?? speaker.origin), as its speaker says; its report is not in the API",
                details)
        }
        if let (origin, named, text) = accounts.first(where: { $0.1 != nil }), let reason = named {
            let message = text.hasPrefix(reason + ": ") ? String(text.dropFirst(reason.count + 2)) : text
            return stop(.announcement, address, .init(reason: reason, message: "\(message) (says \(origin))"), details)
        }
        if let told = toldBySpeakers(about: verdict) { return stop(.announcement, address, told, details) }
        stop(
            .announcement, address,
            .init(
                reason: nil,
                message:
                    "nodes may announce \(address), and no speaker reports that it does: do speakers run, and has a "
                    + "link of theirs its subnet?"), details + ["ask a speaker itself with --state URL"])
    }

    /// A status is for a Service as a whole. The node's own speaker knows better which addresses of it are announced.
    private func isDenied(_ announcer: Announcer, _ address: String) -> Bool {
        guard announcer.method == .layer2, let speaker = speakers.first(where: { $0.node == announcer.node }),
            speaker.account(of: address) != nil, speaker.warnings?.contains(SpeakerView.duplicateNodeName) != true
        else { return false }
        return !speaker.announces(address)
    }

    /// What speakers last told of an address, of all that the API cannot know.
    private func toldBySpeakers(about verdict: AddressVerdict) -> Explanation.Cause? {
        let known: Set<Reason> = [.addressInUse, .interfaceMissing, .conflictingAdvertisements]
        let assigned = events.filter { $0.reason == "nodeAssigned" }.map(\.time).max() ?? ""
        for event in events.warnings(of: "toono-speaker") {
            guard let message = event.message, let (reason, rest) = Reason.named(in: message) else { continue }
            // About a node: its speaker could not even start.
            if reason == .capabilityMissing, let node = event.source?.host, verdict.mayAnnounce(node),
                !speakers.contains(where: { $0.node == node })
            {
                return .init(reason: reason.rawValue, message: "\(node): \(rest)")
            }
            // A node has announced it since.
            if event.time < assigned { continue }
            guard message.hasPrefix("\(verdict.address) "), known.contains(reason) else { continue }
            return .init(reason: reason.rawValue, message: rest)
        }
        return nil
    }
}

extension Explanation.Cause {
    /// A rule's refusal.
    fileprivate init(_ refusal: Layer2Eligibility.Refusal?, else reason: Reason) {
        self.init(reason: (refusal?.reason ?? reason).rawValue, message: refusal?.message ?? "")
    }
}
