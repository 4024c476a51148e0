import Addresses
import Announcement
import LinkSockets
import Logging
import NIOCore
import Neighbors
import Wire

// The sockets of the links, and what comes in by them.
extension SpeakerLoop {
    func open(_ facts: LinkFacts) {
        let ports = LinkPorts(facts)
        self.ports[facts.index] = ports
        kernel.prepareLink(facts.index)
        for kind in [FrameSocket.Kind.arp, .neighborAdvertisement] { openFrames(kind, on: facts) }
        for family in IPFamily.allCases { openHello(family, on: facts) }
    }

    /// Opens again what died with a link that is up now.
    func reopenSockets() {
        for port in ports.values { for kind in port.takeLost() { openFrames(kind, on: port.facts) } }
    }

    private func openFrames(_ kind: FrameSocket.Kind, on facts: LinkFacts) {
        do {
            try FrameSocket.open(kind, index: facts.index, name: facts.name, on: loop) { [weak self] bytes in
                self?.assumeIsolated { speaker in
                    guard let bytes else { return speaker.ports[facts.index]?.lose(kind) ?? () }
                    switch kind {
                    case .arp: speaker.receiveARP(bytes, on: facts.index)
                    case .neighborAdvertisement, .neighborDiscovery:
                        speaker.receiveAdvertisement(bytes, on: facts.index)
                    case .routerDiscovery, .bfd: break
                    }
                }
            }.whenComplete { [weak self] result in
                self?.assumeIsolated { speaker in
                    switch result {
                    case .success(let socket): speaker.ports[facts.index]?.adopt(socket.value, kind)
                    case .failure(let error): speaker.lose(kind, error, on: facts)
                    }
                }
            }
        } catch {
            lose(kind, error, on: facts)
        }
    }

    /// Tried again with the next look at the links.
    private func lose(_ kind: FrameSocket.Kind, _ error: any Error, on facts: LinkFacts) {
        ports[facts.index]?.lose(kind)
        note(error, on: facts)
    }

    private func openHello(_ family: IPFamily, on facts: LinkFacts) {
        do {
            try HelloSocket.open(family, index: facts.index, name: facts.name, port: helloPort, on: loop) {
                [weak self] datagram in
                guard let self, let datagram else { return }
                self.assumeIsolated {
                    $0.handle(.datagram(link: facts.index, bytes: datagram.bytes, source: datagram.source))
                }
            }.whenComplete { [weak self] result in
                self?.assumeIsolated { speaker in
                    switch result {
                    case .success(let socket):
                        do { try speaker.ports[facts.index]?.adopt(socket.value, family) } catch {
                            speaker.note(error, on: facts)
                        }
                    case .failure(let error): speaker.note(error, on: facts)
                    }
                }
            }
        } catch {
            note(error, on: facts)
        }
    }

    func note(_ error: any Error, on facts: LinkFacts) {
        logger.error("a socket fails", metadata: ["link": "\(facts.name)", "error": "\(error)"])
    }

    private func receiveARP(_ bytes: [UInt8], on link: Int32) {
        var reader = WireReader(bytes)
        // What is no ARP for IPv4 concerns nobody here.
        guard let packet = try? ARPPacket(decoding: &reader) else { return }
        handle(.arp(link: link, packet))
    }

    private func receiveAdvertisement(_ bytes: [UInt8], on link: Int32) {
        var reader = WireReader(bytes)
        guard let sighting = try? AdvertisementSighting(decoding: &reader) else { return }
        handle(.advertisement(link: link, sighting))
    }
}
