import Foundation
import KubernetesObjects
import Testing

@testable import LabAPI

/// A recorded request and the answer that a kube-apiserver 1.32 gave.
struct Golden {
    let request: APIRequest
    let status: Int
    let headers: [String: String]
    let body: String

    init(_ name: String) throws {
        let text = try Self.text(name)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        request = try Self.request(#require(lines.first))
        let statusLine = try #require(lines.firstIndex { $0.hasPrefix("HTTP/") })
        let empty = try #require(lines.firstIndex(of: ""))
        status = try #require(Int(lines[statusLine].split(separator: " ")[1]))
        var headers: [String: String] = [:]
        for line in lines[(statusLine + 1)..<empty] {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        self.headers = headers
        body = lines[(empty + 1)...].joined(separator: "\n").trimmingCharacters(in: .newlines)
    }

    static func text(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: "Resources/golden/\(name)", withExtension: "txt"))
        return try String(contentsOf: url, encoding: .utf8)
    }

    /// `# curl -XPOST -H Content-Type: application/json /api/… -d {…}`
    private static func request(_ line: String) throws -> APIRequest {
        var line = Substring(line.dropFirst("# curl ".count))
        var method = "GET"
        if line.hasPrefix("-X") {
            method = String(line.dropFirst(2).prefix { $0 != " " })
            line = line.dropFirst(3 + method.count)
        }
        var headers = ["user-agent": "curl/8.5.0", "accept": "*/*"]
        while line.hasPrefix("-H ") {
            let end = try #require(line.range(of: " /")).lowerBound
            let header = line[line.index(line.startIndex, offsetBy: 3)..<end].split(separator: ":", maxSplits: 1)
            headers[header[0].lowercased()] = header[1].trimmingCharacters(in: .whitespaces)
            line = line[line.index(after: end)...]
        }
        let parts = line.components(separatedBy: " -d ")
        return APIRequest(
            method: method, target: parts[0], headers: headers,
            body: parts.count > 1 ? Array(parts[1...].joined(separator: " -d ").utf8) : [])
    }

    /// Texts with what differs from run to run replaced: uids, names generated at random, what is allocated.
    static func masked(_ text: String) -> String {
        let hex = "[0-9a-f]"
        let masks = [
            ("\(hex){8}-\(hex){4}-\(hex){4}-\(hex){4}-\(hex){12}", "UID"), ("gen-[a-z0-9]{5}", "gen-xxxxx"),
            ("10\\.(9[6-9]|1[01][0-9])\\.[0-9]+\\.[0-9]+", "CLUSTERIP"),
            ("\"nodePort\": ?[0-9]+", "\"nodePort\":30000"),
        ]
        return masks.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1, options: .regularExpression) }
    }

    /// The documents of a text, one or one a line.
    static func documents(_ text: String) throws -> [JSONValue] {
        let text = masked(text)
        if let one = try? JSONReader.read(Array(text.utf8)).value { return [one] }
        return try text.split(separator: "\n").map { try JSONReader.read(Array($0.utf8)).value }
    }

    /// Without the resource versions, where the recording's come from a busier cluster.
    static func withoutVersions(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.reduce(into: [:]) { result, member in
                    result[member.key] = member.key == "resourceVersion" ? "" : withoutVersions(member.value)
                })
        case .array(let elements): .array(elements.map(withoutVersions))
        case .null, .bool, .int, .double, .string: value
        }
    }

    /// Holds an answer to the recording.
    func check(_ answer: APIResponse, _ text: String, ignoringVersions: Bool = false) throws {
        #expect(answer.status == status)
        for (name, value) in headers {
            #expect(answer.headers.first { $0.name == name }?.value == value, "header \(name)")
        }
        var (given, recorded) = (try Self.documents(text), try Self.documents(body))
        if ignoringVersions {
            given = given.map(Self.withoutVersions)
            recorded = recorded.map(Self.withoutVersions)
        }
        #expect(given.count == recorded.count)
        for (left, right) in zip(given, recorded) where left != right {
            Issue.record("given\n\(JSONWriter.text(left))\nrecorded\n\(JSONWriter.text(right))")
        }
    }
}
