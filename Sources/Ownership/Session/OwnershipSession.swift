import Addresses
package import Timing

/// The machine that settles, among the speakers of one link, which of them answers for each VIP.
///
/// One instance a link. It is a value: it reads no clock, opens no socket and draws no random number by itself. Whoever
/// owns clock and socket passes events in, performs the effects in their order, and comes back at `nextDeadline` with
/// `.tick`. The protocol is described in docs/ownership.md.
package struct OwnershipSession: Sendable {
    /// What the machine does before it elects.
    enum Phase: Sendable, Hashable {
        case idle
        case listening(Listening)
        case running
    }

    /// Why and since when a machine listens.
    struct Listening: Sendable, Hashable {
        enum Kind: Sendable {
            /// Started with an empty kernel.
            case cold
            /// Started with VIPs in the kernel.
            case adopting
            /// Slept for so long that others may have taken over.
            case waking
            /// The carrier came back after a while.
            case returning
        }

        let kind: Kind
        let since: Instant
    }

    var settings: OwnershipSettings
    var keys: OwnershipKeys
    /// This process on this link.
    package internal(set) var instance: InstanceID
    /// What was counted since the start.
    package internal(set) var counters = OwnershipCounters()

    var phase: Phase = .idle
    var hasCarrier = true
    /// When the carrier went, while its claims are remembered.
    var carrierLostAt: Instant?
    /// Names of the members that lived when the carrier went.
    var carrierCompany: Set<String> = []
    var isQuiesced = false
    var isLeaving = false
    var isRestarting = false
    var restartHellosLeft = 0
    /// The other node of our name, to which this one gives way.
    var duplicate: InstanceID?
    var duplicateHeardAt: Instant?
    var isFinished = false
    /// A process that adopts claims early what it had, and elects later, as one that starts from nothing does.
    var electionsFrom: Instant?

    // Sending
    var sequence: UInt32 = 0
    /// True when the sequences of this identity come to their end.
    var isInstanceSpent = false
    var sentLog = SentLog()
    var helloCount: UInt32 = 0
    var pace: HelloPace
    var lastHelloAt: Instant?
    /// When the hello timer last ran: the proof that this process is alive, on which the lease hangs.
    var lastHelloTick: Instant?
    var isHelloDue = false
    /// When members that are not heard were last called by unicast.
    var calledAt: Instant?
    var echoCursor = 0

    // Members
    var peers: [InstanceID: PeerRecord] = [:]
    /// The number of processes that were ever heard of.
    var processesHeard: UInt64 = 0
    var retired: [InstanceID: Instant] = [:]
    var incompatible: [InstanceID: Instant] = [:]
    /// Names of live members that take VIPs over.
    var electableNames: Set<String> = []
    /// Members that once were heard both ways, by name, with their address.
    var knownMembers: [String: IPAddress] = [:]
    /// True if anybody was ever known on this link.
    var hadPeers = false
    var badTags = BadTagWindow()
    /// Processes that only other members named, since when.
    var rumours: [InstanceID: Instant] = [:]
    /// Members to which questions are open.
    var asked: Set<InstanceID> = []
    /// When this member, after a time without any live member or without any hello, began to have company again.
    var companySince: Instant?
    /// What one place in the order of candidates waits: never less than the round trip of a live member.
    var electionSlot: Duration

    // Tables
    var ownTable = OwnTable()
    var vips: [IPAddress: VIPRecord] = [:]
    var tableRequesters: Set<InstanceID> = []
    var lastTableAt: Instant?
    var relayAnsweredAt: [InstanceID: Instant] = [:]
    var deletionsUntil: [IPAddress: Instant] = [:]

    // VIPs
    /// VIPs whose state has to be looked at before the event is done.
    var dirty: Set<IPAddress> = []
    /// VIPs for which the kernel is to answer.
    var programmed: Set<IPAddress> = []
    var handingOver: Set<IPAddress> = []
    var isolated: Set<IPAddress> = []
    var changedStatus: [VIPStatus] = []

    // Reception
    var lastFrameAt: Instant?
    var lastAnswerAt: Instant?
    /// Since when a frame of any other station is waited for, and when it was asked for last.
    var receptionSoughtAt: Instant?
    var receptionAskedAt: Instant?
    /// What keeps this member from claiming anything, once it was worked out in this event: it is the same for all VIPs.
    var linkHold: ElectionHold??
    /// Since when an answer to an own question is waited for.
    var answerSoughtAt: Instant?
    /// When a frame or an answer came after it had been missing for so long that this node must have been cut off.
    var regainedAt: Instant?

    // Lease and configuration
    var leaseEndsAt: Instant?
    var kernelAnswers: Bool?
    var configurationSeen: Instant?

    var timers = TimerQueue<TimerKey>()
    var out = Outbox()

    /// A machine that does nothing before `.started`; its identity is drawn from `random`.
    package init(
        settings: OwnershipSettings, keys: OwnershipKeys, using random: inout some RandomNumberGenerator
    ) {
        self.settings = settings
        self.keys = keys
        instance = InstanceID(using: &random)
        pace = HelloPace(settings.helloInterval)
        electionSlot = settings.slot
    }

    /// When `.tick` is due; nil if nothing is to come.
    package var nextDeadline: Instant? { timers.next }

    /// Takes one event in and returns what it asks for.
    package mutating func handle(
        _ event: OwnershipEvent, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [OwnershipEffect] {
        linkHold = nil
        switch event {
        case .started(let held, let snapshot): start(kernelHolds: held, snapshot, at: now)
        case .datagram(let datagram): receive(datagram, at: now, using: &random)
        case .viewChanged(let views, let deleted): changeViews(views, deleted: deleted, at: now)
        case .linkUp(let mac): gainCarrier(mac, at: now)
        case .linkDown: loseCarrier(at: now)
        case .tick: tick(at: now, using: &random)
        case .neighborHeard(let observation): observe(observation, at: now)
        case .frameHeard: noteFrame(at: now)
        case .kernelAnswers(let answers): kernelAnswers = answers
        case .woke(let gap): wake(after: gap, at: now)
        case .restart: beginRestart(at: now)
        case .leave: beginLeaving(at: now)
        case .graceEnded: endGrace(at: now)
        case .quiesced(let quiesced): setQuiesced(quiesced)
        case .keysChanged(let keys): self.keys = keys
        case .configurationRead: readConfiguration(at: now)
        case .gatewayChanged(let gateway): settings.gateway = gateway
        }
        settle(at: now)
        sendDueHello(at: now, using: &random)
        if !changedStatus.isEmpty {
            out.report(.vips(changedStatus))
            changedStatus = []
        }
        return out.drain()
    }

    /// Looks at all VIPs that the event touched.
    mutating func settle(at now: Instant) {
        while !dirty.isEmpty {
            let touched = dirty.count == 1 ? Array(dirty) : dirty.sorted()
            dirty = []
            for vip in touched { evaluate(vip, at: now) }
        }
        if isLeaving && programmed.isEmpty && !isFinished && phase != .idle {
            isFinished = true
            isHelloDue = true
            out.finish(.leave)
        }
    }
}

extension OwnershipSession {
    /// Runs what is due.
    mutating func tick(at now: Instant, using random: inout some RandomNumberGenerator) {
        noticeLateness(at: now)
        // Each handler sets its next deadline after now, so this ends.
        while let key = timers.popDue(at: now) {
            switch key {
            case .hello: helloTick(at: now, using: &random)
            case .sweep: sweep(at: now)
            case .listening: listeningTick(at: now)
            case .lease: leaseTick(at: now)
            case .announcement: announcementTick(at: now)
            case .handover: handoverTick(at: now)
            case .tableAnswer: answerTableRequests(at: now)
            case .carrier: forgetCarrierClaims(at: now)
            case .restart: restartTick(at: now)
            case .peer(let instance): assess(instance, at: now)
            case .tableRequest(let instance): requestTable(of: instance, at: now)
            case .vip(let vip): vipTick(vip, at: now)
            }
        }
    }
}
