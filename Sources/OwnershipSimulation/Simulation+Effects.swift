import Addresses
import Ownership

// What machines want is done to simulated kernels and sent over the simulated link.
extension Simulation {
    /// An announcement is repeated at these moments, in nanoseconds.
    private static let burst: [Int64] = [0, 100_000_000, 500_000_000, 1_200_000_000, 3_000_000_000]

    mutating func perform(_ effect: OwnershipEffect, of index: Int) {
        switch effect {
        case .setLease, .withdraw, .program, .finished: hasChanged = true
        default: break
        }
        switch effect {
        case .setLease(let lease): setLease(lease, of: index)
        case .withdraw(let vips, let reason):
            if isTracing { note("\(nodes[index].name) withdraws \(vips) \(reason)") }
            nodes[index].kernel.withdraw(vips)
            for vip in vips { announcementRound[[index, vipNumber(vip)], default: 0] += 1 }
        case .program(let vips):
            if isTracing { note("\(nodes[index].name) programs \(vips)") }
            nodes[index].kernel.program(vips)
        case .send(let bytes, let destination): send(bytes, to: destination, from: index)
        case .announceBurst(let vips): for vip in vips { announce(vip, from: index, at: Self.burst) }
        case .announceOnce(let vips): for vip in vips { announce(vip, from: index, at: [0]) }
        case .startProbe(let vips): for vip in vips { askAll(vip, from: index) }
        case .ask(let vip, let mac):
            for other in nodes where other.mac == mac {
                carryUnicast(.question(vip, at: other.index, from: index), index, other.index)
            }
        case .seekReception(let addresses): seek(addresses, from: index)
        case .report(let report): if isTracing { note("\(nodes[index].name) \(report)") }
        case .finished(let ending): finish(index, ending)
        }
    }

    private func vipNumber(_ vip: IPAddress) -> Int { Int(truncatingIfNeeded: vip.bits) }

    private mutating func setLease(_ lease: Duration, of index: Int) {
        let lateness = Int64.random(in: 0...1_250_000_000, using: &random)
        nodes[index].kernel.setLease(nanoseconds(lease), lateness: lateness, at: nodes[index].local(now))
        if let end = nodes[index].kernel.leaseEndsAt {
            queue.add(.leaseEnd(node: index), at: end + nodes[index].clockLag)
        }
    }

    /// The lease may have been refreshed since this end was put down, or the clock was stopped: whoever did that has put
    /// down the new one.
    mutating func endLease(_ index: Int) {
        guard !nodes[index].isPaused, let end = nodes[index].kernel.leaseEndsAt, end + nodes[index].clockLag <= now
        else {
            return
        }
        if isTracing { note("\(nodes[index].name) lease ended") }
        nodes[index].kernel.expire(at: nodes[index].local(now))
    }

    private mutating func finish(_ index: Int, _ ending: OwnershipEnding) {
        if isTracing { note("\(nodes[index].name) finished \(ending)") }
        nodes[index].snapshot = nodes[index].session.snapshot
        nodes[index].isFinished = true
        nodes[index].process = .dead
        nodes[index].stoppedAt = now
        nodes[index].announcedRestart = ending == .restart
    }

    // MARK: - Frames

    private mutating func send(_ bytes: [UInt8], to destination: OwnershipDestination, from index: Int) {
        let datagram = OwnershipDatagram(bytes: bytes, source: nodes[index].address)
        record.noteSent(from: index)
        switch destination {
        case .multicast:
            guard scenario.link.passesMulticast else { break }
            for other in nodes.indices where other != index { carry(.datagram(datagram, to: other), index, other) }
        case .unicast(let address):
            for other in nodes where other.address == address {
                carryUnicast(.datagram(datagram, to: other.index), index, other.index)
            }
        }
        attack(with: datagram, from: index)
    }

    /// Records what passes, and now and then sends something of it again, whole or damaged.
    private mutating func attack(with datagram: OwnershipDatagram, from index: Int) {
        guard scenario.link.hostility > 0 else { return }
        if recorded.count < 500 {
            recorded.append(datagram)
        } else if random.happens(0.05) {
            recorded[Int.random(in: 0..<500, using: &random)] = datagram
        }
        guard random.happens(scenario.link.hostility), var old = recorded.randomElement(using: &random) else { return }
        var isDamaged = true
        if random.happens(0.5) {
            let position = Int.random(in: old.bytes.indices, using: &random)
            old.bytes[position] ^= UInt8.random(in: 1...255, using: &random)
        } else if random.happens(0.2) {
            old.bytes = Array(old.bytes.prefix(Int.random(in: 0..<old.bytes.count, using: &random)))
        } else if random.happens(0.1) {
            old.hopLimit = 254
        } else {
            isDamaged = false
        }
        for other in nodes.indices where other != index {
            carry(.forged(old, to: other, isDamaged: isDamaged), outside, other)
        }
    }

    /// A broadcast or multicast frame on its way to one receiver.
    mutating func carry(_ event: Event, _ from: Int, _ to: Int) {
        transport(event, from, to, loss: scenario.link.loss)
    }

    mutating func carryUnicast(_ event: Event, _ from: Int, _ to: Int) {
        transport(event, from, to, loss: scenario.link.unicastLoss)
    }

    private mutating func transport(_ event: Event, _ from: Int, _ to: Int, loss: Double) {
        guard from == outside || nodes[from].hasCarrier, cuts.isOpen(from, to),
            !random.happens(max(loss, cuts.bursts.max() ?? 0))
        else { return }
        let range = scenario.link.delay
        let copies = random.happens(scenario.link.duplication) ? 2 : 1
        for _ in 0..<copies {
            let delay = Int64.random(in: nanoseconds(range.lowerBound)...nanoseconds(range.upperBound), using: &random)
            queue.add(event, at: now + delay)
        }
    }

    // MARK: - ARP

    private mutating func askAll(_ vip: IPAddress, from index: Int) {
        for other in nodes.indices where other != index {
            carry(.question(vip, at: other, from: index), index, other)
            carry(.frame(to: other), index, other)
        }
        if strangers.contains(vip) {
            carryUnicast(.neighbor(observation(vip, Self.strangerMAC), to: index), outside, index)
        }
    }

    mutating func answer(_ vip: IPAddress, at index: Int, to asker: Int) {
        guard nodes[index].answers(vip, at: now) else { return }
        carryUnicast(.neighbor(observation(vip, nodes[index].mac), to: asker), index, asker)
    }

    private mutating func seek(_ addresses: [IPAddress], from index: Int) {
        guard nodes[index].hasCarrier else { return }
        for other in nodes where other.index != index { carry(.frame(to: other.index), index, other.index) }
        for address in addresses {
            if address == Self.gateway, scenario.hasGateway, cuts.isOpen(index, outside) {
                carryUnicast(.neighbor(observation(address, Self.gatewayMAC), to: index), outside, index)
            }
            for other in nodes where other.address == address && other.isPowered && !other.isPaused && other.hasCarrier
            {
                guard cuts.isOpen(index, other.index) else { continue }
                carryUnicast(.neighbor(observation(address, other.mac), to: index), other.index, index)
            }
        }
    }

    private func observation(_ address: IPAddress, _ mac: MACAddress) -> NeighborObservation {
        NeighborObservation(address: address, ethernetSource: mac, hardwareAddress: mac, answersUs: true)
    }

    private mutating func announce(_ vip: IPAddress, from index: Int, at moments: [Int64]) {
        let key = [index, vipNumber(vip)]
        announcementRound[key, default: 0] += 1
        let round = announcementRound[key, default: 0]
        for moment in moments {
            if moment == 0 {
                announce(vip, from: index, round: round)
            } else {
                queue.add(.announcement(vip, node: index, claim: round), at: now + moment)
            }
        }
    }

    mutating func announce(_ vip: IPAddress, from index: Int, round: Int) {
        guard announcementRound[[index, vipNumber(vip)]] == round, nodes[index].runs, nodes[index].hasCarrier else {
            return
        }
        withRecord { $0.noteAnnouncement($1, from: index) }
        if cuts.isOpen(index, outside), !random.happens(scenario.link.loss), clientCache[vip] != index {
            clientCache[vip] = index
            hasChanged = true
        }
        for other in nodes.indices where other != index {
            var heard = observation(vip, nodes[index].mac)
            heard.answersUs = false
            carry(.neighbor(heard, to: other), index, other)
        }
    }
}
