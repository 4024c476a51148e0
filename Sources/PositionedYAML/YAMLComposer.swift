/// Puts events together to values: resolves aliases and merge keys, refuses keys that stand twice.
struct YAMLComposer {
    /// Deeper than this no object is nested, and each level takes its share of the stack.
    static let maximumDepth = 500

    private let reader: YAMLEventReader
    /// Values of anchors, and how many values each of them has.
    private var anchors: [String: (node: YAMLNode, count: Int)] = [:]
    private var remaining = YAMLStream.maximumCount

    init(_ reader: YAMLEventReader) { self.reader = reader }

    /// The next document; nil after the last.
    mutating func document() throws(YAMLProblem) -> YAMLNode? {
        anchors = [:]
        while true {
            switch try reader.next().event {
            case .streamStart: continue
            case .documentStart: break
            default: return nil
            }
            let first = try reader.next()
            let node = try compose(first.event, first.position, depth: 0)
            _ = try reader.next()
            return node
        }
    }

    private mutating func compose(
        _ event: YAMLEvent, _ position: YAMLPosition, depth: Int
    ) throws(YAMLProblem) -> YAMLNode {
        guard depth < Self.maximumDepth else {
            throw YAMLProblem(position: position, message: "nested deeper than \(Self.maximumDepth) levels")
        }
        if case .alias(let name) = event {
            guard let (node, count) = anchors[name] else {
                throw YAMLProblem(position: position, message: "is no YAML: found undefined alias")
            }
            try take(count, at: position)
            return node
        }
        let before = remaining
        try take(1, at: position)
        let node: YAMLNode
        let anchor: String?
        switch event {
        case .sequenceStart(let name):
            anchor = name
            node = YAMLNode(position: position, content: .sequence(try elements(depth: depth)))
        case .mappingStart(let name):
            anchor = name
            node = YAMLNode(position: position, content: .mapping(try entries(depth: depth)))
        case .scalar(let scalar, let name):
            anchor = name
            node = YAMLNode(position: position, content: .scalar(scalar))
        default:
            // A document without a value has an empty scalar, so that nothing else comes here.
            throw YAMLProblem(position: position, message: "is no YAML: a value is missing")
        }
        if let anchor { anchors[anchor] = (node, before - remaining) }
        return node
    }

    private mutating func take(_ count: Int, at position: YAMLPosition) throws(YAMLProblem) {
        remaining -= count
        if remaining < 0 {
            throw YAMLProblem(position: position, message: "more than \(YAMLStream.maximumCount) values")
        }
    }

    private mutating func elements(depth: Int) throws(YAMLProblem) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let next = try reader.next()
            if case .sequenceEnd = next.event { return elements }
            elements.append(try compose(next.event, next.position, depth: depth + 1))
        }
    }

    private mutating func entries(depth: Int) throws(YAMLProblem) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var merged: [YAMLNode.Entry] = []
        var places: [String: YAMLPosition] = [:]
        var twice: Set<String> = []
        while true {
            let next = try reader.next()
            if case .mappingEnd = next.event { break }
            let keyNode = try compose(next.event, next.position, depth: depth + 1)
            // An alias stands where it is written, its value elsewhere.
            let position = next.position
            guard let key = keyNode.scalar else {
                throw YAMLProblem(position: position, message: "a list or mapping as a key")
            }
            let after = try reader.next()
            let value = try compose(after.event, after.position, depth: depth + 1)
            if places[key.text] != nil {
                twice.insert(key.text)
                continue
            }
            places[key.text] = position
            if key.text == "<<", key.isPlain {
                merged += try Self.mergedEntries(value, position)
            } else {
                entries.append(YAMLNode.Entry(key: key.text, keyPosition: position, value: value))
            }
        }
        if let first = twice.min(), let place = places[first] {
            let keys = twice.sorted().map { "\"\($0.prefix(100))\"" }.prefix(10).joined(separator: ", ")
            throw YAMLProblem(
                position: place,
                message: twice.count == 1 ? "the key \(keys) stands here twice" : "the keys \(keys) stand here twice")
        }
        // What is merged in never replaces what is there, and of two mappings merged in the first wins.
        var seen = Set(entries.map(\.key))
        for entry in merged where seen.insert(entry.key).inserted { entries.append(entry) }
        return entries
    }

    private static func mergedEntries(
        _ value: YAMLNode, _ position: YAMLPosition
    ) throws(YAMLProblem) -> [YAMLNode.Entry] {
        if let entries = value.entries { return entries }
        guard let elements = value.elements, elements.allSatisfy({ $0.entries != nil }) else {
            throw YAMLProblem(position: position, message: "\"<<\" takes a mapping or a list of mappings")
        }
        return elements.flatMap { $0.entries ?? [] }
    }
}
