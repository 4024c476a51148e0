import Addresses
import KubernetesObjects

extension Resolver {
    /// Checks the peers, which come in order of name. The answer has one for each.
    mutating func resolvePeers(_ peers: [BGPPeer], profiles: [Configuration.BFDProfile]) -> [Configuration.Peer] {
        refuseSecondOfAName(peers)
        let resolved = peers.map { resolve($0, profiles) }
        // Only those with the same other end can be the same or in each other's way.
        for indices in Dictionary(grouping: resolved.indices, by: { resolved[$0].endpoint }).values.sorted(by: {
            $0[0] < $1[0]
        }) {
            for (position, index) in indices.enumerated() {
                for earlier in indices[..<position] {
                    compare(peers[index], resolved[index], with: peers[earlier], resolved[earlier])
                }
            }
        }
        return resolved
    }

    private mutating func resolve(_ peer: BGPPeer, _ profiles: [Configuration.BFDProfile]) -> Configuration.Peer {
        let spec = peer.spec
        let remoteAS = resolveAS(peer)
        checkSelectors(peer, "spec.nodeSelectors", spec.nodeSelectors)
        if spec.disableMP == true {
            warn(peer, "spec.disableMP", "true", "has no effect: see dualStackAddressFamily")
        }
        let isInternal = remoteAS == .internal || remoteAS == .number(spec.myASN ?? 0)
        if spec.ebgpMultiHop == true, isInternal {
            refuse(peer, "spec.ebgpMultiHop", "true", "is for external peers only, and this one has the own AS number")
        }
        if spec.localASN ?? 0 != 0, isInternal {
            refuse(
                peer, "spec.localASN", spec.localASN.map(String.init),
                "is for external peers only, and this one has the own AS number")
        }
        let endpoint = resolveEndpoint(peer)
        let (holdTime, keepaliveTime) = resolveTimes(peer)
        return Configuration.Peer(
            name: peer.metadata.name, myASN: spec.myASN ?? 0, remoteAS: remoteAS,
            localASN: spec.localASN == 0 ? nil : spec.localASN, endpoint: endpoint,
            sourceAddress: resolveSource(peer, endpoint),
            port: UInt16(
                check(peer, "spec.peerPort", spec.peerPort == 0 ? nil : spec.peerPort, in: 1...65535, otherwise: 179)),
            holdTime: holdTime, keepaliveTime: keepaliveTime, connectTime: resolveConnectTime(peer),
            routerID: resolveRouterID(peer), nodeSelectors: spec.nodeSelectors ?? [],
            authentication: resolveAuthentication(peer), bfdProfile: resolveProfile(peer, profiles),
            isGracefulRestartEnabled: spec.enableGracefulRestart ?? false, isMultiHop: spec.ebgpMultiHop ?? false,
            vrf: spec.vrf.nonEmpty, isDualStack: spec.dualStackAddressFamily ?? false)
    }

    private mutating func resolveAS(_ peer: BGPPeer) -> Configuration.RemoteAS {
        let spec = peer.spec
        if spec.myASN ?? 0 == 0 { refuse(peer, "spec.myASN", nil, "the own AS number is missing") }
        switch (spec.peerASN ?? 0, spec.dynamicASN.nonEmpty) {
        case (0, nil):
            refuse(peer, "spec.peerASN", nil, "the peer's AS number is missing; dynamicASN may stand in for it")
        case (0, "internal"): return .internal
        case (0, "external"): return .external
        case (0, let word?): refuse(peer, "spec.dynamicASN", word, "is neither internal nor external")
        case (let number, nil): return .number(number)
        case (let number, _?):
            refuse(
                peer, "spec.dynamicASN", spec.dynamicASN, "cannot stand beside peerASN \(number): only one of them can")
        }
        return .external
    }

    private mutating func resolveEndpoint(_ peer: BGPPeer) -> Configuration.Endpoint {
        switch (peer.spec.peerAddress.nonEmpty, peer.spec.interface.nonEmpty) {
        case (nil, nil):
            refuse(peer, "spec.peerAddress", nil, "the peer's address is missing; interface may stand in for it")
        case (let text?, nil):
            let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
            let zone = parts.count == 2 ? String(parts[1]) : nil
            if let address = IPAddress(String(parts[0])),
                zone == nil || (address.family == .ipv6 && address.isLinkLocal && zone != "")
            {
                return .address(address, zone: zone)
            }
            refuse(peer, "spec.peerAddress", text, "is no IP address")
        case (nil, let name?): return .interface(name)
        case (_?, let name?):
            refuse(peer, "spec.interface", name, "cannot stand beside peerAddress: only one of them can")
        }
        return .interface("")
    }

    private mutating func resolveSource(_ peer: BGPPeer, _ endpoint: Configuration.Endpoint) -> IPAddress? {
        guard let text = peer.spec.sourceAddress.nonEmpty else { return nil }
        guard let source = IPAddress(text) else {
            refuse(peer, "spec.sourceAddress", text, "is no IP address")
            return nil
        }
        if case .address(let address, _) = endpoint, address.family != source.family {
            refuse(
                peer, "spec.sourceAddress", text,
                "is \(source.family.rawValue), and the peer's address is \(address.family.rawValue)")
        }
        return source
    }

    private mutating func resolveRouterID(_ peer: BGPPeer) -> IPAddress? {
        guard let text = peer.spec.routerID.nonEmpty else { return nil }
        guard let address = IPAddress(text), address.family == .ipv4, address.bits != 0 else {
            refuse(peer, "spec.routerID", text, "is no IPv4 address, or is 0.0.0.0, which is none")
            return nil
        }
        return address
    }

    private mutating func resolveAuthentication(_ peer: BGPPeer) -> Configuration.Authentication {
        let password = peer.spec.password.nonEmpty
        guard let secret = peer.spec.passwordSecret, secret.name.nonEmpty != nil || secret.namespace.nonEmpty != nil
        else { return password.map { .password($0) } ?? .none }
        let path = "spec.passwordSecret"
        if password != nil { refuse(peer, path, nil, "cannot stand beside password: only one of them can") }
        guard let name = secret.name.nonEmpty else {
            refuse(peer, "\(path).name", nil, "the name of the Secret is missing")
            return .none
        }
        // A file may leave the peer's own namespace to whoever applies it.
        let own = peer.metadata.namespace
        if let namespace = secret.namespace.nonEmpty, !own.isEmpty, namespace != own {
            refuse(
                peer, "\(path).namespace", namespace,
                "is another namespace: only Secrets of the load balancer's own are read")
        }
        return .secret(name: name)
    }

    private mutating func resolveProfile(
        _ peer: BGPPeer, _ profiles: [Configuration.BFDProfile]
    ) -> Configuration.BFDProfile? {
        guard let name = peer.spec.bfdProfile.nonEmpty else { return nil }
        guard let profile = profiles.first(where: { $0.name == name }) else {
            refuse(peer, "spec.bfdProfile", name, "is no BFDProfile", isTransient: true)
            return nil
        }
        return profile
    }

    /// Refuses a peer that is the same as one before, and warns of one that only nodes tell from one before.
    private mutating func compare(
        _ peer: BGPPeer, _ resolved: Configuration.Peer, with earlier: BGPPeer, _ resolvedEarlier: Configuration.Peer
    ) {
        guard resolved.endpoint != .interface(""), resolved.vrf == resolvedEarlier.vrf else { return }
        let other = "BGPPeer \(earlier.metadata.name)"
        if peer.spec == earlier.spec {
            refuse(peer, "spec", nil, "is the same as that of \(other)")
        } else if !resolved.nodeSelectors.areDisjoint(with: resolvedEarlier.nodeSelectors) {
            warn(
                peer, peer.spec.interface.nonEmpty == nil ? "spec.peerAddress" : "spec.interface",
                peer.spec.interface.nonEmpty ?? peer.spec.peerAddress,
                "is that of \(other) as well: a node that both select holds only one session with it")
        }
    }
}

extension String? {
    /// The text unless it is empty: resources written by programs hold empty texts for what is not there.
    var nonEmpty: String? { flatMap { $0.isEmpty ? nil : $0 } }
}
