import ClusterConfiguration
import KubernetesObjects
import LegacyConfiguration
import Testing

@Suite("Legacy BGP configuration")
struct LegacyBGPTests {
    private let text = """
        peers:
        - my-asn: 64512
          peer-asn: 64513
          peer-address: 10.0.0.1
          source-address: 10.0.0.2
          peer-port: 1179
          hold-time: 120s
          keepalive-time: 10500ms
          router-id: 10.10.10.10
          password: s3cret
          bfd-profile: Fast_One
          ebgp-multihop: true
          node-selectors:
          - match-labels: {rack: a1}
            match-expressions:
            - {key: size, operator: NotIn, values: [small, 1]}
          - match-labels:
              kubernetes.io/hostname: n1
        - {my-asn: 64512, peer-asn: 64514, peer-address: "2001:db8::1"}
        bgp-communities:
          no-advertise: 65535:65282
          vpn: 1234:1
        bfd-profiles:
        - name: Fast_One
          receive-interval: 50
          transmit-interval: 60
          detect-multiplier: 5
          echo-interval: 70
          echo-mode: false
          passive-mode: true
          minimum-ttl: 10
        address-pools:
        - name: edge
          protocol: bgp
          addresses: [198.51.100.0/24]
          bgp-advertisements:
          - aggregation-length: 32
            localpref: 100
            communities: [vpn]
          - aggregation-length: 24
            aggregation-length-v6: 64
        - name: plain
          protocol: bgp
          addresses: [203.0.113.0/24]
        - {name: lan, protocol: layer2, addresses: [10.1.0.0/24]}
        """

    @Test("peers become BGPPeers in their order, with a hold time of 90 s where none is given")
    func peers() throws {
        let peers = try #require(resources(text)).bgpPeers
        #expect(peers.map(\.metadata.name) == ["peer1", "peer2"])
        var spec = BGPPeer.Spec(myASN: 64512, peerASN: 64513, peerAddress: "10.0.0.1")
        spec.sourceAddress = "10.0.0.2"
        spec.peerPort = 1179
        spec.holdTime = "2m0s"
        spec.keepaliveTime = "10s"
        spec.routerID = "10.10.10.10"
        spec.password = "s3cret"
        spec.bfdProfile = "fast-one"
        spec.ebgpMultiHop = true
        spec.nodeSelectors = [
            LabelSelector(
                matchLabels: ["rack": "a1"],
                matchExpressions: [.init(key: "size", operator: "NotIn", values: ["small", "1"])]),
            LabelSelector(matchLabels: ["kubernetes.io/hostname": "n1"]),
        ]
        #expect(peers[0].spec == spec)
        var second = BGPPeer.Spec(myASN: 64512, peerASN: 64514, peerAddress: "2001:db8::1")
        second.holdTime = "90s"
        #expect(peers[1].spec == second)
    }

    @Test("communities become one Community, profiles BFDProfiles")
    func others() throws {
        let made = try #require(resources(text))
        #expect(made.communities.map(\.metadata.name) == ["communities"])
        #expect(
            made.communities.first?.spec.communities == [
                .init(name: "no-advertise", value: "65535:65282"), .init(name: "vpn", value: "1234:1"),
            ])
        #expect(made.bfdProfiles.map(\.metadata.name) == ["fast-one"])
        #expect(made.bfdProfiles.first?.metadata.annotations == ["toono.io/legacy-name": "Fast_One"])
        #expect(
            made.bfdProfiles.first?.spec
                == .init(
                    receiveInterval: 50, transmitInterval: 60, echoInterval: 70, detectMultiplier: 5, echoMode: false,
                    passiveMode: true,
                    minimumTtl: 10))
    }

    @Test("a BGP pool gets its advertisements, or a plain one where it has none")
    func advertisements() throws {
        let made = try #require(resources(text))
        #expect(
            made.bgpAdvertisements.map(\.metadata.name) == [
                "bgpadvertisement1", "bgpadvertisement2", "bgpadvertisement3",
            ])
        #expect(
            made.bgpAdvertisements.map(\.spec) == [
                .init(aggregationLength: 32, localPref: 100, communities: ["vpn"], ipAddressPools: ["edge"]),
                .init(aggregationLength: 24, aggregationLengthV6: 64, ipAddressPools: ["edge"]),
                .init(ipAddressPools: ["plain"]),
            ])
        #expect(made.layer2Advertisements.map(\.spec) == [.init(ipAddressPools: ["lan"])])
    }

    @Test("problems that only the checked configuration sees are told where they were written")
    func problemsOfResources() {
        let text = """
            bgp-communities: {bad: "1", good: 1:1}
            bfd-profiles:
            - {name: p, detect-multiplier: 1}
            peers:
            - my-asn: 64512
              peer-asn: 64513
              peer-address: router
              hold-time: 1s
              bfdProfile: p
              node-selectors:
              - match-labels: {"a b": c}
              - match-expressions: [{key: k, operator: Near}]
            - peer-asn: 5000000000
              my-asn: yes
              peer-address: 10.0.0.9
              bfd-profile: q
            - {}
            address-pools:
            - name: a
              protocol: bgp
              addresses: [10.0.0.0/28]
              bgp-advertisements:
              - aggregation-length: 24
                communities: [good, good, 7]
              - {}
              - {}
            """
        #expect(
            problems(text) == [
                "1:24: bgp-communities[bad]: \"1\" is no community: write 64512:100 or large:64512:1:2",
                "3:32: bfd-profiles[0].detect-multiplier: \"1\" is no number from 2 to 255",
                "7:17: peers[0].peer-address: \"router\" is no IP address",
                "8:14: peers[0].hold-time: \"1s\" is no hold time: it must be 0s or from 3s to 65535s (RFC 4271 4.2)",
                "9:3: peers[0]: unknown key \"bfdProfile\"; is \"bfd-profile\" meant?",
                "11:19: peers[0].node-selectors[0].match-labels: \"a b\" is no label key: a name has 1 to 63 letters, digits, '-', '_', '.', the first and last no sign",
                "12:44: peers[0].node-selectors[1].match-expressions[0].operator: \"Near\" is no operator; there are In, NotIn, Exists and DoesNotExist",
                "13:13: peers[1].peer-asn: must be a number from 0 to 4294967295, not \"5000000000\"",
                "14:11: peers[1].my-asn: must be a number from 0 to 4294967295, not \"yes\"",
                "17:3: peers[2]: the peer has no my-asn, the own AS number",
                "17:3: peers[2]: the peer has no peer-asn, the peer's AS number",
                "17:3: peers[2]: the peer has no peer-address, the address",
                "23:25: address-pools[0].bgp-advertisements[0].aggregation-length: \"24\" makes routes that cover more than 10.0.0.0-10.0.0.15 of IPAddressPool a: it must be at least 28",
                "24:25: address-pools[0].bgp-advertisements[0].communities[1]: \"good\" is the same as spec.communities[0]",
                "26:5: address-pools[0].bgp-advertisements[2]: says the same as that of BGPAdvertisement bgpadvertisement2",
            ])
    }

    @Test("a profile or a community that is not there is refused")
    func missing() {
        let text = """
            peers:
            - {my-asn: 1, peer-asn: 2, peer-address: 10.0.0.9, bfd-profile: q}
            address-pools:
            - {name: a, protocol: bgp, addresses: [10.0.0.0/28], bgp-advertisements: [{communities: [vpn]}]}
            """
        #expect(
            problems(text) == [
                "2:65: peers[0].bfd-profile: \"q\" is no BFDProfile",
                "4:90: address-pools[0].bgp-advertisements[0].communities[0]: \"vpn\" is no name that a Community gives",
            ])
    }
}
