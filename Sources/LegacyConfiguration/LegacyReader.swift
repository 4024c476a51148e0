import ClusterConfiguration
import PositionedYAML

/// Takes values out of YAML by their expected type and notes everything that is of another, unknown or missing.
struct LegacyReader {
    /// More problems than this are counted only: nobody reads them.
    static let maximumCount = 1000

    private(set) var problems: [LegacyProblem] = []
    private var omitted = 0

    /// The problems in the order of the text, and how many there are beyond those.
    var report: [LegacyProblem] {
        let sorted = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        guard omitted > 0, let last = sorted.last else { return sorted }
        return sorted + [
            LegacyProblem(line: last.line, column: last.column, path: "", message: "\(omitted) more problems")
        ]
    }

    /// The values of a mapping, by key; keys with nothing behind them are left out.
    struct Fields {
        var node: YAMLNode
        var path: String
        var values: [String: YAMLNode] = [:]

        /// The path of one of the values.
        func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    }

    mutating func note(_ position: YAMLPosition, _ path: String, _ message: String) {
        if problems.count == Self.maximumCount {
            omitted += 1
            return
        }
        problems.append(LegacyProblem(line: position.line, column: position.column, path: path, message: message))
    }

    /// The fields of a mapping whose keys are known; every other key is a problem.
    mutating func fields(_ node: YAMLNode, _ path: String, known: [String]) -> Fields? {
        guard let entries = node.entries else {
            note(node.position, path, "must be a mapping, not \(node.summary)")
            return nil
        }
        var fields = Fields(node: node, path: path)
        for entry in entries {
            if !known.contains(entry.key) {
                noteUnknownKey(entry, path, known)
            } else if !entry.value.isNull {
                fields.values[entry.key] = entry.value
            }
        }
        return fields
    }

    private mutating func noteUnknownKey(_ entry: YAMLNode.Entry, _ path: String, _ known: [String]) {
        let hint = problems.count < Self.maximumCount ? Suggestion.nearest(to: entry.key, in: known) : nil
        note(
            entry.keyPosition, path,
            "unknown key \"\(entry.key.abridged)\"" + (hint.map { "; is \"\($0)\" meant?" } ?? ""))
    }

    /// A text. Numbers and truth values are texts as well, as they always were here.
    mutating func text(_ fields: Fields, _ key: String) -> String? {
        fields.values[key].flatMap { text($0, fields.path(of: key)) }
    }

    mutating func text(_ node: YAMLNode, _ path: String) -> String? {
        guard let scalar = node.scalar, !scalar.isNull else {
            note(node.position, path, "must be a text, not \(node.summary)")
            return nil
        }
        return scalar.text
    }

    /// A text that must be there.
    mutating func requiredText(_ fields: Fields, _ key: String, _ message: String) -> String? {
        guard fields.values[key] != nil else {
            note(fields.node.position, fields.path, message)
            return nil
        }
        guard let text = text(fields, key) else { return nil }
        if text.isEmpty {
            note(fields.values[key]?.position ?? fields.node.position, fields.path(of: key), message)
            return nil
        }
        return text
    }

    mutating func bool(_ fields: Fields, _ key: String) -> Bool? {
        guard let node = fields.values[key] else { return nil }
        guard let value = node.scalar?.bool else {
            note(node.position, fields.path(of: key), "must be true or false, not \(node.summary)")
            return nil
        }
        return value
    }

    mutating func integer(_ fields: Fields, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node = fields.values[key] else { return nil }
        guard let value = node.scalar?.int, range.contains(value) else {
            note(
                node.position, fields.path(of: key),
                "must be a number from \(range.lowerBound) to \(range.upperBound), not \(node.summary)")
            return nil
        }
        return value
    }

    /// The elements of a list, with their paths.
    mutating func list(_ fields: Fields, _ key: String) -> [(node: YAMLNode, path: String)] {
        guard let node = fields.values[key] else { return [] }
        let path = fields.path(of: key)
        guard let elements = node.elements else {
            note(node.position, path, "must be a list, not \(node.summary)")
            return []
        }
        return elements.enumerated().map { ($0.element, "\(path)[\($0.offset)]") }
    }

    /// The texts of a list, or nil if there is none.
    mutating func texts(_ fields: Fields, _ key: String) -> [String]? {
        guard fields.values[key] != nil else { return nil }
        return list(fields, key).compactMap { text($0.node, $0.path) }
    }

    /// The texts of a mapping from text to text, in order, or nil if there is none.
    mutating func textsByKey(_ fields: Fields, _ key: String) -> [(key: String, text: String)]? {
        guard let node = fields.values[key] else { return nil }
        let path = fields.path(of: key)
        guard let entries = node.entries else {
            note(node.position, path, "must be a mapping, not \(node.summary)")
            return nil
        }
        return entries.compactMap { entry in text(entry.value, "\(path)[\(entry.key)]").map { (entry.key, $0) } }
    }
}
