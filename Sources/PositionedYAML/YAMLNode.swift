/// A place in a text, as editors count: the first line is 1, and so is the first column, counted in Unicode scalars.
package struct YAMLPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `12:3`
    package var description: String { "\(line):\(column)" }

    package static func < (left: YAMLPosition, right: YAMLPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A value in a YAML document that knows where it stands. Aliases and merge keys are resolved, tags are ignored.
package struct YAMLNode: Sendable {
    package var position: YAMLPosition
    package var content: Content

    package init(position: YAMLPosition, content: Content) {
        self.position = position
        self.content = content
    }

    /// What the value is.
    package enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the text; no key twice.
        case mapping([Entry])
    }

    /// A key of a mapping and its value.
    package struct Entry: Sendable {
        package var key: String
        package var keyPosition: YAMLPosition
        package var value: YAMLNode

        package init(key: String, keyPosition: YAMLPosition, value: YAMLNode) {
            self.key = key
            self.keyPosition = keyPosition
            self.value = value
        }
    }
}

extension YAMLNode {
    /// The entries, if this is a mapping.
    package var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The elements, if this is a sequence.
    package var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The scalar, if this is one.
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// True for `~`, `null` and nothing at all.
    package var isNull: Bool { scalar?.isNull == true }

    /// The value of a mapping's key.
    package subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

    /// What it is, for messages: `a list`, `"x"`, `nothing`.
    package var summary: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.isNull ? "nothing" : "\"\(scalar.text.prefix(100))\""
        }
    }

    /// The position of the value at a path of keys and indices such as `spec.addresses[1]`, or of the last value on the
    /// way to it that exists. A key in brackets may hold dots: `matchLabels[example.com/zone]`.
    package func position(ofPath path: String) -> YAMLPosition {
        var node = self
        for step in Self.steps(path) {
            if let index = Int(step), let elements = node.elements {
                guard elements.indices.contains(index) else { break }
                node = elements[index]
            } else {
                guard let value = node[step] else { break }
                node = value
            }
        }
        return node.position
    }

    private static func steps(_ path: String) -> [String] {
        var steps: [String] = []
        var step = ""
        var isBracketed = false
        for character in path {
            switch character {
            case "[": isBracketed = true
            case "]": isBracketed = false
            case "." where !isBracketed: break
            default:
                step.append(character)
                continue
            }
            if !step.isEmpty { steps.append(step) }
            step = ""
        }
        return step.isEmpty ? steps : steps + [step]
    }
}
