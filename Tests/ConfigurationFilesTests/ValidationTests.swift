import ConfigurationFiles
import Testing

@Suite("Checking files")
struct ValidationTests {
    private func validate(_ texts: String...) -> [String] {
        ConfigurationFiles.validate(
            texts.enumerated().map { ConfigurationFile(name: "\($0.offset).yaml", text: $0.element) }
        ).map(\.description)
    }

    private let lan = """
        apiVersion: metallb.io/v1beta1
        kind: IPAddressPool
        metadata: {name: lan, namespace: toono}
        spec:
          addresses:
          - 10.0.0.0/24
        ---
        apiVersion: metallb.io/v1beta1
        kind: L2Advertisement
        metadata: {name: lan}
        """

    @Test("what is right gets no line, whatever else is in the file")
    func right() {
        #expect(validate(lan + "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: 7\n") == [])
    }

    @Test(
        "fields that do not exist, are missing or of the wrong type are all reported, with what follows from the rest")
    func fields() {
        let text = """
            apiVersion: metallb.io/v1beta1
            kind: IPAddressPool
            metadata:
              name: a
              creationTimestamp: null
              managedFields: [{}]
              lables: {}
            spec:
              addresses: [10.0.0.0/33, 12]
              autoAssign: "no"
              avoidBuggyIps: true
              serviceAllocation:
                priority: high
                namespaces: web
                serviceSelectors: [{matchExpressions: [{key: a}]}, 5]
            status: {anything: goes}
            """
        let expected = [
            "0.yaml:7: IPAddressPool a metadata.lables: there is no such field; is \"labels\" meant?",
            "0.yaml:9: IPAddressPool a spec.addresses[1]: must be a text, not 12: put it in quotes",
            "0.yaml:9: IPAddressPool a spec.addresses[0]: \"10.0.0.0/33\" has no prefix length of IPv4, a number from 0 to 32, after the slash",
            "0.yaml:10: IPAddressPool a spec.autoAssign: must be true or false, not \"no\"",
            "0.yaml:11: IPAddressPool a spec.avoidBuggyIps: there is no such field; is \"avoidBuggyIPs\" meant?",
            "0.yaml:13: IPAddressPool a spec.serviceAllocation.priority: must be a whole number from -9223372036854775808 to 9223372036854775807, not \"high\"",
            "0.yaml:14: IPAddressPool a spec.serviceAllocation.namespaces: must be a list, not \"web\"",
            "0.yaml:15: IPAddressPool a spec.serviceAllocation.serviceSelectors[0].matchExpressions[0].operator: is missing",
            "0.yaml:15: IPAddressPool a spec.serviceAllocation.serviceSelectors[1]: must be a mapping, not \"5\"",
        ]
        #expect(validate(text).filter { !$0.contains("warning") } == expected)
    }

    @Test("files are checked together: a pool of one overlaps with a pool of another")
    func together() {
        let other = lan.replacing("name: lan, namespace: toono", with: "name: wide").replacing(
            "10.0.0.0/24", with: "10.0.0.0/8")
        #expect(
            validate(lan, other) == [
                "0.yaml:6: IPAddressPool lan spec.addresses[0]: \"10.0.0.0/24\" overlaps with \"10.0.0.0/8\", spec.addresses[0] of IPAddressPool wide",
                "1.yaml:6: IPAddressPool wide spec.addresses[0]: \"10.0.0.0/8\" overlaps with \"10.0.0.0/24\", spec.addresses[0] of IPAddressPool lan",
                "1.yaml:10: L2Advertisement lan metadata.name: stands in 0.yaml:8 as well",
            ])
    }

    @Test("namespaces do not see each other, and who names none is in the only one")
    func namespaces() {
        let other = lan.replacing("name: lan", with: "name: other").replacing("toono", with: "elsewhere")
        #expect(
            validate(lan, other.replacing("name: other}", with: "name: other, namespace: elsewhere}")).filter {
                !$0.contains("warning")
            } == [])
    }

    @Test("a legacy ConfigMap is checked, with the lines of the file where it is a literal block")
    func legacy() {
        let map = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: config}\ndata:\n"
        #expect(
            validate(
                map + "  config: |\n\n    address-pools:\n    - {name: x, protocol: l2, addresses: [10.0.0.0/24]}\n")
                == [
                    "0.yaml:8: address-pools[0].protocol: \"l2\" is no protocol: it must be layer2 or bgp"
                ])
        #expect(
            validate(map + "  config: \"address-pools:\\n- {name: x, protocol: l2, addresses: [10.0.0.0/24]}\"\n") == [
                "0.yaml:5: address-pools[0].protocol: \"l2\" is no protocol: it must be layer2 or bgp"
            ])
        #expect(validate(map + "  other: x\n") == ["0.yaml:5: ConfigMap config data.config: is missing"])
        #expect(validate(map.replacing("config}", with: "mine}") + "  config: x\n").count == 1)
    }

    @Test("a legacy pool beside a pool of today is checked against it")
    func legacyBeside() {
        let map = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: config, namespace: toono}\ndata:\n  config: |\n"
        #expect(
            validate(lan, map + "    address-pools:\n    - {name: old, protocol: layer2, addresses: [10.0.0.128/25]}\n")
                == [
                    "0.yaml:6: IPAddressPool lan spec.addresses[0]: \"10.0.0.0/24\" overlaps with \"10.0.0.128/25\", spec.addresses[0] of IPAddressPool old",
                    "1.yaml:1: IPAddressPool old spec.addresses[0]: \"10.0.0.128/25\" overlaps with \"10.0.0.0/24\", spec.addresses[0] of IPAddressPool lan",
                ])
    }

    @Test("a bare legacy text is recognised by its keys")
    func bare() {
        #expect(
            validate("address-pools:\n- {name: x, addresses: []}\n").first?.hasPrefix(
                "0.yaml:2: address-pools[0]: the address pool has no protocol") == true)
        #expect(validate("hello: world\n") == ["0.yaml:1: an object needs apiVersion and kind"])
    }

    @Test("a password is never repeated, not even where it reads as a number")
    func password() {
        let text = """
            apiVersion: metallb.io/v1beta2
            kind: BGPPeer
            metadata: {name: p}
            spec: {myASN: 1, peerASN: 2, peerAddress: 10.0.0.1, password: 4711, passwordSecret: {name: x}}
            """
        #expect(validate(text) == ["0.yaml:4: BGPPeer p spec.password: must be a text: put it in quotes"])
    }

    @Test("lists of objects are looked into, kinds that do not exist are refused")
    func kinds() {
        let text = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: metallb.io/v1beta1, kind: BGPPeer, metadata: {name: p}, spec: {myASN: 0, peerASN: 2, peerAddress: 10.0.0.1}}
            - {apiVersion: metallb.io/v1beta1, kind: AddressPool, metadata: {name: p}}
            - {apiVersion: metallb.io/v2, kind: IPAddressPool, metadata: {name: p}}
            - {apiVersion: metallb.io/v1beta1, kind: ServiceL2Status, metadata: {name: p}}
            - {apiVersion: metallb.io/v1beta1, kind: Community, metadata: {}}
            """
        #expect(
            validate(text) == [
                "0.yaml:4: BGPPeer p spec.myASN: the own AS number is missing",
                "0.yaml:5: metallb.io/v1beta1 AddressPool: MetalLB itself dropped this kind: write an IPAddressPool and an L2Advertisement or BGPAdvertisement",
                "0.yaml:6: metallb.io/v2 IPAddressPool: there is no such kind or version of it",
                "0.yaml:8: Community  metadata.name: is missing",
            ])
    }

    @Test("a file that is no YAML does not hide what is wrong with the others")
    func broken() {
        let lines = validate("a: [", lan.replacing("10.0.0.0/24", with: "x"))
        #expect(lines.map { String($0.prefix(9)) } == ["0.yaml:2:", "1.yaml:6:"])
    }

    @Test("a file with nothing to check is worth a warning")
    func nothing() {
        #expect(validate("") == ["0.yaml:1: warning: no resource of metallb.io and no ConfigMap config to check"])
    }
}
