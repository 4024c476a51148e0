import PositionedYAML

/// Decodes a type from YAML and goes on after what does not fit: everything of the wrong type, missing or unknown is noted
/// with its place, and something harmless is put in its place.
struct NodeDecoder: Decoder {
    /// Something that does not fit the type.
    struct Problem {
        var position: YAMLPosition
        var path: String
        var message: String
    }

    /// What all decoders of one document share.
    final class Findings {
        var problems: [Problem] = []
        /// For each mapping that was looked into: which of its keys were asked for.
        var mappings: [String: (node: YAMLNode, asked: Set<String>)] = [:]
    }

    let node: YAMLNode
    let path: String
    let findings: Findings
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// An object of a document, and what does not fit. There is none only if its type refuses what is harmless.
    static func decode<Value: Decodable>(_: Value.Type, from document: YAMLNode) -> (value: Value?, problems: [Problem])
    {
        let findings = Findings()
        // A status is written by controllers; whoever applies a file with one is not heard.
        let entries = (document.entries ?? []).filter { $0.key != "status" }
        let document = YAMLNode(position: document.position, content: .mapping(entries))
        let value = try? Value(from: NodeDecoder(node: document, path: "", findings: findings))
        for (path, mapping) in findings.mappings {
            let known = mapping.asked.union(alwaysKnown[path] ?? [])
            for entry in mapping.node.entries ?? [] where !known.contains(entry.key) {
                let hint = Suggestion.nearest(to: entry.key, in: known.sorted()).map { "; is \"\($0)\" meant?" } ?? ""
                findings.problems.append(
                    Problem(
                        position: entry.keyPosition, path: step(path, entry.key),
                        message: "there is no such field\(hint)"))
            }
        }
        return (value, findings.problems.sorted { $0.position < $1.position })
    }

    /// Fields that objects have but their types do not look at.
    private static let alwaysKnown: [String: Set<String>] = [
        "": ["apiVersion", "kind"],
        "metadata": ["managedFields", "selfLink", "deletionGracePeriodSeconds", "clusterName"],
    ]

    /// The path of a member: `spec.addresses`, `metadata.labels[example.com/zone]`.
    static func step(_ path: String, _ key: String) -> String {
        key.contains(".") || key.contains("/") ? "\(path)[\(key)]" : path.isEmpty ? key : "\(path).\(key)"
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
        if node.entries == nil { note("must be a mapping, not \(node.summary)") }
        if findings.mappings[path] == nil { findings.mappings[path] = (node, []) }
        return KeyedDecodingContainer(MappingContainer<Key>(decoder: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        if node.elements == nil { note("must be a list, not \(node.summary)") }
        return SequenceContainer(decoder: self, elements: node.elements ?? [])
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { ScalarContainer(decoder: self) }

    func note(_ message: String) {
        findings.problems.append(Problem(position: node.position, path: path, message: message))
    }

    // MARK: Scalars

    func text() -> String {
        guard let scalar = node.scalar, scalar.isString else {
            // A password without quotes may read as a number, and is none the less a secret.
            let isSecret = path.hasSuffix(".password")
            let found = isSecret ? "" : ", not \(node.scalar.map { $0.isNull ? "nothing" : $0.text } ?? node.summary)"
            note("must be a text\(found)" + (node.scalar?.isNull == false ? ": put it in quotes" : ""))
            return ""
        }
        return scalar.text
    }

    func bool() -> Bool {
        guard let value = node.scalar?.bool else {
            note("must be true or false, not \(node.summary)")
            return false
        }
        return value
    }

    func integer<Number: FixedWidthInteger>(_: Number.Type) -> Number {
        guard let value = node.scalar?.int.flatMap({ Number(exactly: $0) }) else {
            note("must be a whole number from \(Number.min) to \(Number.max), not \(node.summary)")
            return 0
        }
        return value
    }

    func number() -> Double {
        guard let value = node.scalar?.double else {
            note("must be a number, not \(node.summary)")
            return 0
        }
        return value
    }
}
