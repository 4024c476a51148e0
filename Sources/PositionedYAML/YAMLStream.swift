import Yams

/// Reads YAML into nodes that know where they stand.
package enum YAMLStream {
    /// A text longer than this is not looked at, in bytes. The API server lets no object be longer than 1.5 MiB.
    package static let maximumLength = 16 << 20
    /// A document with more values than this is refused: aliases can make a short text that large.
    package static let maximumCount = 2_000_000

    /// The documents of a text, without those that are empty.
    package static func documents(_ text: String) throws(YAMLProblem) -> [YAMLNode] {
        try check(text)
        var documents: [YAMLNode] = []
        do {
            var remaining = maximumCount
            let parser = try Parser(yaml: text)
            while let root = try parser.nextRoot() {
                let node = try convert(root, &remaining)
                if !node.isNull { documents.append(node) }
            }
        } catch let problem as YAMLProblem {
            throw problem
        } catch let error as YamlError {
            throw YAMLProblem(error, in: text)
        } catch {
            throw YAMLProblem(position: YAMLPosition(line: 1, column: 1), message: "cannot be read: \(error)")
        }
        return documents
    }

    /// Refuses what would keep the parser busy for ever.
    private static func check(_ text: String) throws(YAMLProblem) {
        let start = YAMLPosition(line: 1, column: 1)
        if text.utf8.count > maximumLength {
            throw YAMLProblem(
                position: start,
                message: "the text has \(text.utf8.count) bytes, more than the \(maximumLength) that are read")
        }
        if aliasExpansion(text) > 1e9 {
            throw YAMLProblem(
                position: start, message: "aliases (*NAME) of anchors (&NAME) would make the text too large")
        }
    }

    /// An upper bound of the size that aliases can make a text. An anchor's value can hold aliases of earlier anchors
    /// only, so that `a` aliases spread over the values of `n` anchors multiply the text by (1 + a/n)^n at most. The
    /// parser compares keys with all that aliases put into them, before anything else could count.
    private static func aliasExpansion(_ text: String) -> Double {
        var anchors = 0.0
        var aliases = 0.0
        var mayBegin = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&") where mayBegin: anchors += 1
            case UInt8(ascii: "*") where mayBegin: aliases += 1
            default: break
            }
            switch byte {
            case 0x20, 0x09, 0x0D, 0x0A, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"):
                mayBegin = true
            default: mayBegin = false
            }
        }
        guard anchors > 0 else { return 0 }
        var factor = 1.0
        for _ in 0..<Int(anchors) where factor < 1e12 { factor *= 1 + aliases / anchors }
        return factor == 1 ? 0 : factor * Double(text.utf8.count)
    }

    private static func convert(_ node: Node, _ remaining: inout Int) throws -> YAMLNode {
        let position = YAMLPosition(node.mark)
        remaining -= 1
        if remaining < 0 {
            throw YAMLProblem(position: position, message: "more than \(maximumCount) values")
        }
        switch node {
        case .scalar(let scalar):
            let style: YAMLScalar.Style =
                switch scalar.style {
                case .any, .plain: .plain
                case .singleQuoted, .doubleQuoted: .quoted
                case .literal: .literal
                case .folded: .folded
                }
            return YAMLNode(position: position, content: .scalar(YAMLScalar(text: scalar.string, style: style)))
        case .sequence(let sequence):
            var elements: [YAMLNode] = []
            for element in sequence { elements.append(try convert(element, &remaining)) }
            return YAMLNode(position: position, content: .sequence(elements))
        case .mapping(let mapping):
            return YAMLNode(position: position, content: .mapping(try entries(mapping, &remaining)))
        case .alias:
            // The parser puts the anchor's value in its place.
            throw YAMLProblem(position: position, message: "an alias of nothing")
        }
    }

    private static func entries(_ mapping: Node.Mapping, _ remaining: inout Int) throws -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var merged: [YAMLNode.Entry] = []
        var seen: Set<String> = []
        for (keyNode, valueNode) in mapping {
            let position = YAMLPosition(keyNode.mark)
            guard case .scalar(let key) = keyNode else {
                throw YAMLProblem(position: position, message: "a list or mapping as a key")
            }
            let value = try convert(valueNode, &remaining)
            if key.string == "<<", key.style == .plain {
                merged += try mergedEntries(value, position)
            } else if seen.insert(key.string).inserted {
                entries.append(YAMLNode.Entry(key: key.string, keyPosition: position, value: value))
            } else {
                throw YAMLProblem(
                    position: position, message: "the key \"\(key.string.prefix(100))\" stands here twice")
            }
        }
        // What is merged in never replaces what is there, and of two mappings merged in the first wins.
        for entry in merged where seen.insert(entry.key).inserted { entries.append(entry) }
        return entries
    }

    private static func mergedEntries(_ value: YAMLNode, _ position: YAMLPosition) throws -> [YAMLNode.Entry] {
        if let entries = value.entries { return entries }
        guard let elements = value.elements, elements.allSatisfy({ $0.entries != nil }) else {
            throw YAMLProblem(position: position, message: "\"<<\" takes a mapping or a list of mappings")
        }
        return elements.flatMap { $0.entries ?? [] }
    }
}
