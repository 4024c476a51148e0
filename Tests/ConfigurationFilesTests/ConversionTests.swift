import ConfigurationFiles
import LegacyConfiguration
import Testing

@Suite("Converting files")
struct ConversionTests {
    private let text = """
        address-pools:
        - name: my_pool
          protocol: layer2
          addresses: [10.0.0.0/24]
        """

    private let expected = """
        apiVersion: metallb.io/v1beta1
        kind: IPAddressPool
        metadata:
          annotations:
            toono.io/legacy-name: my_pool
          labels:
            app.kubernetes.io/managed-by: toono-controller
            toono.io/legacy-config: 'true'
          name: my-pool
          namespace: metallb-system
        spec:
          addresses:
          - 10.0.0.0/24
        ---
        apiVersion: metallb.io/v1beta1
        kind: L2Advertisement
        metadata:
          labels:
            app.kubernetes.io/managed-by: toono-controller
            toono.io/legacy-config: 'true'
          name: l2advertisement1
          namespace: metallb-system
        spec:
          ipAddressPools:
          - my-pool

        """

    private func configMap(_ text: String) -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: metallb-system}\ndata:\n  config: |\n"
            + text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }.joined(separator: "\n")
    }

    @Test("a ConfigMap, or its text alone, becomes manifests, in the ConfigMap's namespace or another")
    func convert() throws {
        let file = ConfigurationFile(name: "f", text: configMap(text))
        #expect(try ConfigurationFiles.convert([file]) == expected)
        #expect(
            try ConfigurationFiles.convert([file], namespace: "x") == expected.replacing("metallb-system", with: "x"))
        let bare = ConfigurationFile(name: "f", text: text)
        #expect(try ConfigurationFiles.convert([bare]) == expected.replacing("  namespace: metallb-system\n", with: ""))
    }

    @Test("what is printed passes the check")
    func roundTrip() throws {
        let text = """
            peers:
            - {my-asn: 1, peer-asn: 2, peer-address: 10.0.0.9, password: "123", node-selectors: [{match-labels: {a: "true"}}]}
            bgp-communities: {vpn: "1234:1"}
            bfd-profiles: [{name: p, echo-mode: true}]
            address-pools:
            - {name: a, protocol: bgp, addresses: [10.0.0.0/24], bgp-advertisements: [{communities: [vpn], localpref: 7}]}
            """
        let output = try ConfigurationFiles.convert([ConfigurationFile(name: "f", text: text)])
        #expect(ConfigurationFiles.validate([ConfigurationFile(name: "o", text: output)]) == [])
    }

    @Test("a wrong ConfigMap, or none, is not converted; other objects are passed over")
    func wrong() throws {
        let wrong = ConfigurationFile(name: "f", text: configMap("address-pools: 5"))
        #expect(
            throws: ConfigurationFiles.ConversionFailure(problems: [
                FileProblem(file: "f", line: 6, field: "address-pools", message: "must be a list, not \"5\"")
            ])
        ) { try ConfigurationFiles.convert([wrong]) }
        let none = ConfigurationFile(name: "f", text: "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\n")
        #expect(
            throws: ConfigurationFiles.ConversionFailure(problems: [
                FileProblem(file: "f", line: 1, message: "no ConfigMap config to convert")
            ])
        ) { try ConfigurationFiles.convert([none]) }
    }
}
