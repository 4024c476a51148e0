import Foundation
import KubernetesObjects
import PositionedYAML
import Testing
import YAMLOutput

@testable import ConfigurationFiles

/// The schemas that the chart installs and the types that read the objects are written apart; here they are held together.
@Suite("Schemas of the metallb.io kinds")
struct SchemaTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../charts/toono/crds")

    private func versions(_ plural: String) throws -> [YAMLNode] {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent("metallb.io_\(plural).yaml"), encoding: .utf8)
        let crd = try #require(try YAMLStream.documents(text).first)
        return try #require(crd["spec"]?["versions"]?.elements)
    }

    private func check(_ plural: String, _ type: (some KubernetesObject).Type) throws {
        for version in try versions(plural) {
            let schema = try #require(version["schema"]?["openAPIV3Schema"])
            let document = try #require(try YAMLStream.documents(sample(schema)).first)
            let findings = NodeDecoder.decode(type, from: document).problems
            #expect(findings.isEmpty, "\(plural): \(findings.map { "\($0.path) \($0.message)" })")
        }
    }

    /// An object with every field that a schema has, as JSON.
    private func sample(_ schema: YAMLNode) -> String {
        switch schema["type"]?.scalar?.text {
        case "object":
            if let values = schema["additionalProperties"] { return "{\"k\": \(sample(values))}" }
            return "{"
                + (schema["properties"]?.entries ?? []).map { "\"\($0.key)\": \(sample($0.value))" }.joined(
                    separator: ", ") + "}"
        case "array": return "[" + (schema["items"].map(sample) ?? "") + "]"
        case "integer": return schema["minimum"]?.scalar?.text ?? "1"
        case "boolean": return "true"
        default: return "\"\(schema["enum"]?.elements?.first?.scalar?.text ?? "x")\""
        }
    }

    @Test("every field of the schemas is one that the types read, with its type")
    func fields() throws {
        try check("ipaddresspools", IPAddressPool.self)
        try check("l2advertisements", L2Advertisement.self)
        try check("bgpadvertisements", BGPAdvertisement.self)
        try check("bgppeers", BGPPeer.self)
        try check("bfdprofiles", BFDProfile.self)
        try check("communities", Community.self)
    }

    @Test("the fields of the statuses are those that the types write")
    func statuses() throws {
        let condition = Condition(type: "a", status: "True", reason: "r", message: "m")
        try expectFields(
            "ipaddresspools",
            IPAddressPool.Status(assignedIPv4: 1, assignedIPv6: 2, availableIPv4: 3, availableIPv6: 4))
        try expectFields(
            "servicel2statuses",
            ServiceL2Status.Status(node: "n", serviceName: "s", serviceNamespace: "d", interfaces: [.init(name: "e")]))
        try expectFields(
            "servicebgpstatuses",
            ServiceBGPStatus.Status(node: "n", serviceName: "s", serviceNamespace: "d", peers: ["p"]))
        try expectFields(
            "configurationstates", ConfigurationState.Status(result: "Valid", errorSummary: "", conditions: [condition])
        )
    }

    private func expectFields(_ plural: String, _ status: some Encodable) throws {
        let schema = try #require(try versions(plural).first?["schema"]?["openAPIV3Schema"])
        let known = schema["properties"]?["status"]?["properties"]?.entries?.map(\.key) ?? []
        let written = try #require(try YAMLStream.documents(try YAMLText.encode(status)).first?.entries).map(\.key)
        #expect(written.sorted() == known.sorted())
    }

    @Test("both versions of BGPPeer have the same fields, so that nothing is lost between them without a webhook")
    func peers() throws {
        let specs = try versions("bgppeers").map {
            try #require($0["schema"]?["openAPIV3Schema"]?["properties"]?["spec"])
        }
        #expect(specs.count == 2)
        let keys = specs.map { $0["properties"]?.entries?.map(\.key) ?? [] }
        #expect(keys[0] == keys[1] && keys[0].count > 20)
        #expect(specs.map { $0["required"]?.elements?.compactMap(\.scalar?.text) } == [["myASN"], ["myASN"]])
    }
}
