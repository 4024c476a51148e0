import KubernetesObjects

/// The part of kubectl's JSONPath that printer columns use: `.status.conditions[?(@.type=="Ready")].status`,
/// `.spec.ports[*].port`, `.metadata.labels.app\.kubernetes\.io/name`, `.items[-1]`, `['name']`, `[0:2]`.
struct JSONPath: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
        case slice(Int?, Int?)
        case all
        case filter(JSONPath, Comparison, JSONValue)
        /// `[?(@.x)]`: the elements that have it.
        case present(JSONPath)
    }

    private enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "==", notEqual = "!=", notAbove = "<=", notBelow = ">=", below = "<", above = ">"
    }

    private var steps: [Step] = []

    /// Nil for a text outside the subset.
    init?(_ text: String) {
        var rest = text[...]
        if rest.first == "$" || rest.first == "@" { rest = rest.dropFirst() }
        while let first = rest.first {
            switch first {
            case ".":
                rest = rest.dropFirst()
                if rest.first == "[" || rest.isEmpty { continue }
                if rest.first == "*" {
                    rest = rest.dropFirst()
                    steps.append(.all)
                    continue
                }
                guard let name = Self.name(&rest) else { return nil }
                steps.append(.member(name))
            case "[":
                guard let inside = Self.bracket(&rest), let step = Self.step(inside) else { return nil }
                steps.append(step)
            default:
                guard steps.isEmpty, let name = Self.name(&rest) else { return nil }
                steps.append(.member(name))
            }
        }
    }

    private static func name(_ rest: inout Substring) -> String? {
        var name = ""
        while let character = rest.first, character != ".", character != "[" {
            rest = rest.dropFirst()
            if character == "\\", let protected = rest.popFirst() {
                name.append(protected)
            } else {
                name.append(character)
            }
        }
        return name.isEmpty ? nil : name
    }

    /// What is between a bracket and its partner; quotes and inner brackets are respected.
    private static func bracket(_ rest: inout Substring) -> Substring? {
        var depth = 0
        var quote: Character?
        for index in rest.indices {
            let character = rest[index]
            if let open = quote {
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "'", "\"": quote = character
            case "[": depth += 1
            case "]":
                depth -= 1
                if depth == 0 {
                    let inside = rest[rest.index(after: rest.startIndex)..<index]
                    rest = rest[rest.index(after: index)...]
                    return inside
                }
            default: continue
            }
        }
        return nil
    }

    private static func step(_ inside: Substring) -> Step? {
        if inside == "*" { return .all }
        if let number = Int(inside) { return .element(number) }
        if let quote = inside.first, quote == "'" || quote == "\"", inside.last == quote, inside.count > 1 {
            return .member(String(inside.dropFirst().dropLast()))
        }
        if inside.hasPrefix("?("), inside.hasSuffix(")") { return filter(inside.dropFirst(2).dropLast()) }
        let bounds = inside.split(separator: ":", omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.isEmpty || Int($0) != nil }) else { return nil }
        return .slice(Int(bounds[0]), Int(bounds[1]))
    }

    private static func filter(_ text: Substring) -> Step? {
        for comparison in Comparison.allCases {
            guard let range = text.firstRange(of: comparison.rawValue) else { continue }
            let left = String(text[..<range.lowerBound].filter { !$0.isWhitespace })
            guard let path = JSONPath(left), let literal = literal(text[range.upperBound...]) else { return nil }
            return .filter(path, comparison, literal)
        }
        return JSONPath(String(text.filter { !$0.isWhitespace })).map(Step.present)
    }

    private static func literal(_ text: Substring) -> JSONValue? {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        if let quote = rest.first, quote == "'" || quote == "\"" {
            return rest.count > 1 && rest.last == quote ? .string(String(rest.dropFirst().dropLast())) : nil
        }
        if rest == "true" || rest == "false" { return .bool(rest == "true") }
        if let number = Int64(rest) { return .int(number) }
        return Double(rest).map(JSONValue.double)
    }

    /// What the path leads to; empty where there is nothing.
    func values(in root: JSONValue) -> [JSONValue] {
        steps.reduce([root]) { found, step in found.flatMap { Self.follow(step, $0) } }
    }

    private static func follow(_ step: Step, _ value: JSONValue) -> [JSONValue] {
        switch (step, value) {
        case (.member(let name), .object(let members)): return members[name].map { [$0] } ?? []
        case (.element(let index), .array(let elements)):
            let place = index < 0 ? elements.count + index : index
            return elements.indices.contains(place) ? [elements[place]] : []
        case (.slice(let from, let to), .array(let elements)):
            func place(_ index: Int) -> Int { min(max(index < 0 ? elements.count + index : index, 0), elements.count) }
            let (first, end) = (place(from ?? 0), place(to ?? elements.count))
            return first < end ? Array(elements[first..<end]) : []
        case (.all, .array(let elements)): return elements
        case (.all, .object(let members)): return members.sorted { $0.key < $1.key }.map(\.value)
        case (.filter(let path, let comparison, let literal), .array(let elements)):
            return elements.filter { element in
                path.values(in: element).first.map { Self.holds($0, comparison, literal) } ?? false
            }
        case (.present(let path), .array(let elements)): return elements.filter { !path.values(in: $0).isEmpty }
        default: return []
        }
    }

    private static func holds(_ left: JSONValue, _ comparison: Comparison, _ right: JSONValue) -> Bool {
        if let first = left.doubleValue, let second = right.doubleValue {
            return ordered(first, comparison, second)
        }
        if let first = left.stringValue, let second = right.stringValue {
            return ordered(first, comparison, second)
        }
        switch comparison {
        case .equal: return left == right
        case .notEqual: return left != right
        case .below, .above, .notAbove, .notBelow: return false
        }
    }

    private static func ordered<Value: Comparable>(_ left: Value, _ comparison: Comparison, _ right: Value) -> Bool {
        switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .below: left < right
        case .above: left > right
        case .notAbove: left <= right
        case .notBelow: left >= right
        }
    }
}
