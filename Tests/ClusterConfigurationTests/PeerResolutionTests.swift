import Addresses
import ClusterConfiguration
import KubernetesObjects
import Testing

@Suite("BGP peers")
struct PeerResolutionTests {
    private func peer(_ name: String = "p", _ change: (inout BGPPeer.Spec) -> Void = { _ in }) -> BGPPeer {
        var spec = BGPPeer.Spec(myASN: 64512, peerASN: 64513, peerAddress: "10.0.0.1")
        change(&spec)
        return BGPPeer(metadata: ObjectMeta(name: name, namespace: "toono"), spec: spec)
    }

    private func resolve(_ peers: BGPPeer..., profiles: [BFDProfile] = []) -> Configuration.Resolution {
        Configuration.resolve(ConfigurationResources(bgpPeers: peers, bfdProfiles: profiles))
    }

    @Test("what is left out has the defaults: port 179, hold time 90 s")
    func defaults() throws {
        let resolved = try #require(resolve(peer()).configuration?.peers.first)
        #expect(resolved.remoteAS == .number(64513))
        #expect(resolved.endpoint == .address(try #require(IPAddress("10.0.0.1")), zone: nil))
        #expect(resolved.port == 179 && resolved.holdTime == .seconds(90) && resolved.keepaliveTime == nil)
        #expect(resolved.authentication == .none && resolved.bfdProfile == nil && resolved.vrf == nil)
    }

    @Test("port 0, which v1beta1 allows, is 179")
    func portZero() {
        #expect(resolve(peer { $0.peerPort = 0 }).configuration?.peers.first?.port == 179)
        #expect(resolve(peer { $0.peerPort = 20000 }).configuration?.peers.first?.port == 20000)
    }

    @Test("a link-local address may have a zone, which MetalLB refuses (metallb#2423)")
    func zone() throws {
        let address = try #require(IPAddress("fe80::1"))
        #expect(
            resolve(peer { $0.peerAddress = "fe80::1%eth0" }).configuration?.peers.first?.endpoint
                == .address(address, zone: "eth0"))
        #expect(!resolve(peer { $0.peerAddress = "10.0.0.1%eth0" }).problems.isEmpty)
        #expect(!resolve(peer { $0.peerAddress = "fe80::1%" }).problems.isEmpty)
    }

    @Test("what one field says against another or against the rules is refused, with field and reason")
    func wrong() {
        let cases: [((inout BGPPeer.Spec) -> Void, String)] = [
            ({ $0.myASN = 0 }, "spec.myASN: the own AS number is missing"),
            ({ $0.peerASN = nil }, "spec.peerASN: the peer's AS number is missing; dynamicASN may stand in for it"),
            (
                { $0.dynamicASN = "internal" },
                "spec.dynamicASN: \"internal\" cannot stand beside peerASN 64513: only one of them can"
            ),
            (
                {
                    $0.peerASN = 0; $0.dynamicASN = "any"
                }, "spec.dynamicASN: \"any\" is neither internal nor external"
            ),
            ({ $0.peerAddress = "router" }, "spec.peerAddress: \"router\" is no IP address"),
            (
                { $0.peerAddress = nil },
                "spec.peerAddress: the peer's address is missing; interface may stand in for it"
            ),
            (
                { $0.interface = "eth0" },
                "spec.interface: \"eth0\" cannot stand beside peerAddress: only one of them can"
            ),
            ({ $0.sourceAddress = "::1" }, "spec.sourceAddress: \"::1\" is IPv6, and the peer's address is IPv4"),
            ({ $0.sourceAddress = "x" }, "spec.sourceAddress: \"x\" is no IP address"),
            ({ $0.peerPort = 70000 }, "spec.peerPort: \"70000\" is no number from 1 to 65535"),
            ({ $0.routerID = "::1" }, "spec.routerID: \"::1\" is no IPv4 address, or is 0.0.0.0, which is none"),
            (
                { $0.routerID = "0.0.0.0" },
                "spec.routerID: \"0.0.0.0\" is no IPv4 address, or is 0.0.0.0, which is none"
            ),
            (
                {
                    $0.peerASN = 64512; $0.ebgpMultiHop = true
                }, "spec.ebgpMultiHop: \"true\" is for external peers only, and this one has the own AS number"
            ),
            (
                {
                    $0.peerASN = 64512; $0.localASN = 5
                }, "spec.localASN: \"5\" is for external peers only, and this one has the own AS number"
            ),
            (
                {
                    $0.password = "hunter2"; $0.passwordSecret = .init(name: "s")
                }, "spec.passwordSecret: cannot stand beside password: only one of them can"
            ),
            (
                { $0.passwordSecret = .init(namespace: "toono") },
                "spec.passwordSecret.name: the name of the Secret is missing"
            ),
            (
                { $0.passwordSecret = .init(name: "s", namespace: "other") },
                "spec.passwordSecret.namespace: \"other\" is another namespace: only Secrets of the load balancer's own are read"
            ),
            ({ $0.bfdProfile = "fast" }, "spec.bfdProfile: \"fast\" is no BFDProfile"),
            (
                { $0.holdTime = "2s" },
                "spec.holdTime: \"2s\" is no hold time: it must be 0s or from 3s to 65535s (RFC 4271 4.2)"
            ),
            (
                { $0.holdTime = "20h" },
                "spec.holdTime: \"20h\" is no hold time: it must be 0s or from 3s to 65535s (RFC 4271 4.2)"
            ),
            (
                { $0.holdTime = "90" },
                "spec.holdTime: \"90\" is no duration: write a number and its unit, such as 90s or 1m30s"
            ),
            (
                {
                    $0.holdTime = "9s"; $0.keepaliveTime = "10s"
                }, "spec.keepaliveTime: \"10s\" is more than the hold time, 9s"
            ),
            (
                { $0.keepaliveTime = "10h" },
                "spec.keepaliveTime: \"10h\" makes a hold time of three times as much, and that must be from 3s to 65535s (RFC 4271 4.2)"
            ),
            (
                { $0.connectTime = "1500ms" },
                "spec.connectTime: \"1500ms\" is no whole number of seconds from 1s to 65535s"
            ),
            ({ $0.connectTime = "0s" }, "spec.connectTime: \"0s\" is no whole number of seconds from 1s to 65535s"),
        ]
        for (change, expected) in cases { #expect(resolve(peer("p", change)).problems.map(\.detail) == [expected]) }
    }

    @Test("only a missing profile may come yet; everything else waits for an edit")
    func transient() {
        #expect(resolve(peer { $0.bfdProfile = "fast" }).problems.map(\.isTransient) == [true])
        #expect(resolve(peer { $0.peerAddress = "x" }).problems.map(\.isTransient) == [false])
    }

    @Test(
        "hold and keepalive times follow from each other",
        arguments: [
            (nil, nil, 90, nil), ("30s", nil, 30, nil), ("0s", nil, 0, nil), ("0s", "0s", 0, nil), ("9s", "3s", 9, 3),
            (nil, "10s", 30, 10),
            ("3900ms", nil, 3, nil),
        ] as [(String?, String?, Int, Int?)])
    func times(hold: String?, keepalive: String?, expectedHold: Int, expectedKeepalive: Int?) {
        let resolution = resolve(
            peer {
                $0.holdTime = hold
                $0.keepaliveTime = keepalive
            })
        #expect(resolution.configuration?.peers.first?.holdTime == .seconds(expectedHold))
        #expect(resolution.configuration?.peers.first?.keepaliveTime == expectedKeepalive.map { .seconds($0) })
    }

    @Test("a Secret is named, never read: no password of it is part of a configuration")
    func secret() {
        let resolution = resolve(peer { $0.passwordSecret = .init(name: "md5") })
        #expect(resolution.configuration?.peers.first?.authentication == .secret(name: "md5"))
    }

    @Test("the same peer twice is refused; the same address is a warning unless no node can be selected by both")
    func same() {
        #expect(resolve(peer("a"), peer("b")).lines == ["BGPPeer b: spec: is the same as that of BGPPeer a"])
        let other = peer("b") { $0.myASN = 1 }
        #expect(
            resolve(peer("a"), other).warningLines == [
                "BGPPeer b: spec.peerAddress: \"10.0.0.1\" is that of BGPPeer a as well: a node that both select holds only one session with it"
            ])
        let racks = ["a", "b"].map { rack in peer(rack) { $0.nodeSelectors = [.label("rack", rack)] } }
        #expect(resolve(racks[0], racks[1]).warnings.isEmpty && resolve(racks[0], racks[1]).problems.isEmpty)
        #expect(resolve(peer("a"), peer("b") { $0.vrf = "red" }).warnings.isEmpty)
    }

    @Test("a deprecated field is a warning, and everything else is checked all the same (MetalLB then skips it)")
    func disableMP() {
        let resolution = resolve(
            peer {
                $0.disableMP = true
                $0.myASN = nil
            })
        #expect(
            resolution.warningLines == ["BGPPeer p: spec.disableMP: \"true\" has no effect: see dualStackAddressFamily"]
        )
        #expect(resolution.problems.count == 1)
    }

    @Test("profiles have FRR's defaults and ranges")
    func profiles() throws {
        let profile = BFDProfile(metadata: ObjectMeta(name: "fast"), spec: .init(receiveInterval: 50))
        let resolved = try #require(
            resolve(peer { $0.bfdProfile = "fast" }, profiles: [profile]).configuration?.peers.first?.bfdProfile)
        #expect(resolved.receiveInterval == .milliseconds(50) && resolved.transmitInterval == .milliseconds(300))
        #expect(
            resolved.detectMultiplier == 3 && resolved.minimumTTL == 254 && !resolved.isEchoEnabled
                && !resolved.isPassive)
        let wrong = BFDProfile(
            metadata: ObjectMeta(name: "w"),
            spec: .init(
                receiveInterval: 9, transmitInterval: 60_001, echoInterval: -1, detectMultiplier: 1, minimumTtl: 255))
        #expect(
            resolve(profiles: [wrong]).problems.map(\.detail) == [
                "spec.receiveInterval: \"9\" is no number from 10 to 60000",
                "spec.transmitInterval: \"60001\" is no number from 10 to 60000",
                "spec.echoInterval: \"-1\" is no number from 10 to 60000",
                "spec.detectMultiplier: \"1\" is no number from 2 to 255",
                "spec.minimumTtl: \"255\" is no number from 1 to 254",
            ])
    }
}
