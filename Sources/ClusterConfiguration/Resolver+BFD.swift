import Addresses
import KubernetesObjects

extension Resolver {
    /// Checks the profiles, which come in order of name.
    mutating func resolveBFDProfiles(_ profiles: [BFDProfile]) -> [Configuration.BFDProfile] {
        refuseSecondOfAName(profiles)
        return profiles.map { profile in
            let spec = profile.spec
            let interval = 10...60_000
            return Configuration.BFDProfile(
                name: profile.metadata.name,
                receiveInterval: .milliseconds(
                    check(profile, "spec.receiveInterval", spec.receiveInterval, in: interval, otherwise: 300)),
                transmitInterval: .milliseconds(
                    check(profile, "spec.transmitInterval", spec.transmitInterval, in: interval, otherwise: 300)),
                echoInterval: .milliseconds(
                    check(profile, "spec.echoInterval", spec.echoInterval, in: interval, otherwise: 50)),
                detectMultiplier: UInt8(
                    check(profile, "spec.detectMultiplier", spec.detectMultiplier, in: 2...255, otherwise: 3)),
                isEchoEnabled: spec.echoMode ?? false, isPassive: spec.passiveMode ?? false,
                minimumTTL: UInt8(check(profile, "spec.minimumTtl", spec.minimumTtl, in: 1...254, otherwise: 254)))
        }
    }

    /// A number if it lies in a range; otherwise the default, and a problem if it is there but does not.
    mutating func check(
        _ object: some KubernetesObject, _ field: String, _ value: Int?, in range: ClosedRange<Int>,
        otherwise standard: Int
    ) -> Int {
        guard let value else { return standard }
        if range.contains(value) { return value }
        refuse(object, field, String(value), "is no number from \(range.lowerBound) to \(range.upperBound)")
        return standard
    }

    /// Refuses echo mode where IPv6 addresses go to the peer: FRR, whose profiles these are, has it for IPv4 only.
    mutating func checkEcho(of peers: [BGPPeer], in configuration: Configuration) {
        let pools = Set(configuration.pools.filter { $0.ranges.contains { $0.family == .ipv6 } }.map(\.name))
        for (peer, resolved) in zip(peers, configuration.peers) where resolved.bfdProfile?.isEchoEnabled == true {
            let clash = configuration.bgpAdvertisements.first {
                !$0.pools.isDisjoint(with: pools) && $0.peers?.contains(resolved.name) != false
            }
            guard let clash, let pool = clash.pools.intersection(pools).min() else { continue }
            refuse(
                peer, "spec.bfdProfile", resolved.bfdProfile?.name,
                "has echo mode, which IPv6 cannot have, and BGPAdvertisement \(clash.name) announces IPv6 addresses "
                    + "of IPAddressPool \(pool) to this peer")
        }
    }
}
