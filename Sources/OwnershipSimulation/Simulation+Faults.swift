import Addresses
import Ownership

// Faults, as they begin and as they end.
extension Simulation {
    mutating func begin(_ scheduled: ScheduledFault, _ index: Int) {
        let node = scheduled.node
        if isTracing { note("fault \(scheduled.fault) node-\(node + 1) for \(scheduled.length)") }
        queue.add(.end(fault: index), at: now + nanoseconds(scheduled.length))
        switch scheduled.fault {
        case .nodeCrash: powerOff(node)
        case .speakerCrash: kill(node)
        case .stop, .stopAndKill: stop(node)
        case .restart: if nodes[node].runs { handle(.restart, at: node) }
        case .drain: drain(node, true)
        case .leave:
            if nodes[node].runs { handle(.leave, at: node) }
            queue.add(.grace(node: node), at: now + 4_000_000_000)
        case .carrier: setCarrier(node, false)
        case .deaf: cuts.deaf[node, default: 0] += 1
        case .mute: cuts.mute[node, default: 0] += 1
        case .cut: cuts.shut(node, true)
        case .partition(let mask): cuts.part(mask, of: nodes.count, true)
        case .brokenPair(let other): cuts.pairs[[node, other], default: 0] += 1
        case .pause: pause(node)
        case .lossBurst(let chance): cuts.bursts.append(chance)
        case .skew: changeViews(node, scenario.view(skewed: true, of: node))
        case .ineligible: changeViews(node, scenario.view(eligible: false))
        case .powerCut: for other in nodes.indices { powerOff(other) }
        case .rollingRestart: rollRestart(downtime: nanoseconds(scheduled.length))
        }
    }

    mutating func end(_ scheduled: ScheduledFault) {
        let node = scheduled.node
        if isTracing { note("end of \(scheduled.fault) node-\(node + 1)") }
        switch scheduled.fault {
        case .nodeCrash: startProcess(node, booted: true)
        case .speakerCrash: startProcess(node, booted: false)
        case .restart, .leave, .stopAndKill:
            kill(node)
            startProcess(node, booted: false)
        case .stop: resume(node)
        case .drain: drain(node, false)
        case .carrier(let silence):
            if silence > .zero {
                cuts.shut(node, true)
                queue.add(.forward(node: node), at: now + nanoseconds(silence))
            }
            setCarrier(node, true)
        case .deaf: cuts.deaf[node, default: 0] -= 1
        case .mute: cuts.mute[node, default: 0] -= 1
        case .cut: cuts.shut(node, false)
        case .partition(let mask): cuts.part(mask, of: nodes.count, false)
        case .brokenPair(let other): cuts.pairs[[node, other], default: 0] -= 1
        case .pause(let isVisible): unpause(node, length: nanoseconds(scheduled.length), isVisible: isVisible)
        case .lossBurst(let chance): if let index = cuts.bursts.firstIndex(of: chance) { cuts.bursts.remove(at: index) }
        case .skew, .ineligible: changeViews(node, scenario.view())
        case .powerCut:
            for other in nodes.indices {
                let delay = Int64.random(in: 0...10_000_000_000, using: &random)
                queue.add(.start(node: other, booted: true), at: now + delay)
            }
        case .rollingRestart: break
        }
    }

    // MARK: - Processes

    private mutating func powerOff(_ index: Int) {
        nodes[index].snapshot = nodes[index].session.snapshot
        nodes[index].isPowered = false
        nodes[index].kernel = SimulatedKernel()
        nodes[index].process = .dead
        nodes[index].backlog = []
        nodes[index].stoppedAt = nil
    }

    private mutating func kill(_ index: Int) {
        guard nodes[index].process != .dead else { return }
        nodes[index].snapshot = nodes[index].session.snapshot
        if nodes[index].process == .running { nodes[index].stoppedAt = now }
        nodes[index].announcedRestart = false
        nodes[index].process = .dead
        nodes[index].backlog = []
    }

    mutating func startProcess(_ index: Int, booted: Bool) {
        if booted {
            nodes[index].isPowered = true
            nodes[index].kernel = SimulatedKernel()
        }
        let local = nodes[index].local(now)
        nodes[index].kernel.expire(at: local)
        let held = nodes[index].kernel.programmed.filter { nodes[index].kernel.answers($0, at: local) }.sorted()
        if random.happens(scenario.snapshotLoss) { nodes[index].snapshot = OwnershipSnapshot() }
        nodes[index].session = newSession(index)
        nodes[index].process = .running
        nodes[index].stoppedAt = nil
        nodes[index].isFinished = false
        nodes[index].tickAt = nil
        if isTracing { note("\(nodes[index].name) starts, kernel holds \(held)") }
        handle(.viewChanged(nodes[index].views), at: index)
        if nodes[index].isDrained { handle(.quiesced(true), at: index) }
        handle(.started(kernelHolds: held, snapshot: nodes[index].snapshot), at: index)
        if !nodes[index].hasCarrier { handle(.linkDown, at: index) }
    }

    private mutating func stop(_ index: Int) {
        guard nodes[index].process == .running else { return }
        nodes[index].process = .stopped
        nodes[index].stoppedAt = now
    }

    private mutating func resume(_ index: Int) {
        guard nodes[index].process == .stopped else { return }
        nodes[index].process = .running
        nodes[index].stoppedAt = nil
        let backlog = nodes[index].backlog
        nodes[index].backlog = []
        for datagram in backlog where nodes[index].runs { handle(.datagram(datagram), at: index) }
        tellCarrier(index)
        nodes[index].tickAt = nil
        scheduleTick(index)
    }

    private mutating func pause(_ index: Int) {
        guard nodes[index].isPowered else { return }
        nodes[index].isPaused = true
    }

    private mutating func unpause(_ index: Int, length: Int64, isVisible: Bool) {
        guard nodes[index].isPaused else { return }
        nodes[index].isPaused = false
        if !isVisible { nodes[index].clockLag += length }
        if let end = nodes[index].kernel.leaseEndsAt {
            queue.add(.leaseEnd(node: index), at: max(now, end + nodes[index].clockLag))
        }
        nodes[index].kernel.expire(at: nodes[index].local(now))
        nodes[index].tickAt = nil
        tellCarrier(index)
        scheduleTick(index)
    }

    private mutating func rollRestart(downtime: Int64) {
        for index in nodes.indices {
            let at = now + Int64(index) * 2_000_000_000
            queue.add(.restart(node: index), at: at)
            queue.add(.start(node: index, booted: false), at: at + 60_000_000 + downtime)
        }
    }

    // MARK: - Configuration and carrier

    private mutating func drain(_ index: Int, _ isDrained: Bool) {
        nodes[index].isDrained = isDrained
        if nodes[index].runs { handle(.quiesced(isDrained), at: index) }
    }

    private mutating func changeViews(_ index: Int, _ view: VIPView) {
        nodes[index].views = nodes[index].views.mapValues { _ in view }
        if nodes[index].runs { handle(.viewChanged(nodes[index].views), at: index) }
    }

    private mutating func setCarrier(_ index: Int, _ isUp: Bool) {
        guard nodes[index].hasCarrier != isUp else { return }
        nodes[index].hasCarrier = isUp
        tellCarrier(index)
    }

    /// The kernel's word on the carrier, which waits for a process that is stopped.
    private mutating func tellCarrier(_ index: Int) {
        guard nodes[index].runs else { return }
        handle(nodes[index].hasCarrier ? .linkUp(nodes[index].mac) : .linkDown, at: index)
    }
}

extension Cuts {
    /// Shuts a node's port, or opens it.
    mutating func shut(_ node: Int, _ isShut: Bool) {
        deaf[node, default: 0] += isShut ? 1 : -1
        mute[node, default: 0] += isShut ? 1 : -1
    }

    /// Parts the nodes of a mask from the others, or joins them. Client and gateway hear both.
    mutating func part(_ mask: Int, of nodes: Int, _ isParted: Bool) {
        for a in 0..<nodes {
            for b in 0..<nodes where (mask >> a) & 1 != (mask >> b) & 1 {
                pairs[[a, b], default: 0] += isParted ? 1 : -1
            }
        }
    }
}
