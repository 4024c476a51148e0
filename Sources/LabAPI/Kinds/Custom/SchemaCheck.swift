import KubernetesObjects

/// Checks a value against a schema, with the messages of kube-apiserver (`kube-openapi/pkg/validation`).
struct SchemaCheck {
    private(set) var causes: [APIStatus.Cause] = []

    static func problems(in value: JSONValue, _ schema: SchemaNode, at place: String = "") -> [APIStatus.Cause] {
        var check = SchemaCheck()
        check.check(value, schema, place)
        return check.causes
    }

    private mutating func check(_ value: JSONValue, _ schema: SchemaNode, _ place: String) {
        if value == .null, schema.isNullable { return }
        if checkType(value, schema, place) {
            checkChoices(value, schema, place)
            switch value {
            case .object(let members): checkObject(members, schema, place)
            case .array(let elements): checkList(elements, schema, place)
            case .string(let text): checkText(text, schema, place)
            case .int, .double: checkNumber(value, schema, place)
            case .null, .bool: break
            }
        }
        checkCombination(value, schema, place)
    }

    private mutating func invalid(_ place: String, _ value: JSONValue, _ message: String) {
        causes.append(.invalid(place, value: Self.shown(value), "\(place) in body \(message)"))
    }

    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .null, .bool, .int, .double, .array, .object: JSONWriter.text(value)
        }
    }

    // MARK: - Types

    private mutating func checkType(_ value: JSONValue, _ schema: SchemaNode, _ place: String) -> Bool {
        let found = Self.typeName(value)
        let wanted: [String]
        if schema.isIntOrString {
            wanted = ["integer", "string"]
        } else if schema.type.isEmpty {
            return true
        } else {
            wanted = schema.type == "number" ? ["number", "integer"] : [schema.type]
        }
        if wanted.contains(found) { return true }
        if case .double(let number) = value, schema.type == "integer", number == number.rounded() { return true }
        let expected = schema.isIntOrString ? "integer,string" : schema.type
        causes.append(
            .init(
                reason: "FieldValueTypeInvalid",
                message:
                    "Invalid value: \(quoted(found)): \(place) in body must be of type \(expected): \(quoted(found))",
                field: place))
        return false
    }

    private static func typeName(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private mutating func checkChoices(_ value: JSONValue, _ schema: SchemaNode, _ place: String) {
        guard let choices = schema.choices, !choices.contains(value) else { return }
        let texts = choices.map { $0.stringValue ?? JSONWriter.text($0) }
        causes.append(.unsupported(place, value: Self.shown(value), supported: texts))
    }

    // MARK: - Objects and lists

    private mutating func checkObject(_ members: [String: JSONValue], _ schema: SchemaNode, _ place: String) {
        func inner(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
        for name in schema.required.sorted() where members[name] == nil { causes.append(.required(inner(name))) }
        if let minimum = schema.propertyCounts.minimum, members.count < minimum {
            invalid(place, .int(Int64(members.count)), "should have at least \(minimum) properties")
        }
        tooMany(members.count, schema.propertyCounts.maximum, place)
        for key in members.keys.sorted() {
            guard let node = schema.member(key), let member = members[key] else { continue }
            check(member, node, inner(key))
        }
    }

    private mutating func checkList(_ elements: [JSONValue], _ schema: SchemaNode, _ place: String) {
        if let minimum = schema.counts.minimum, elements.count < minimum {
            invalid(place, .int(Int64(elements.count)), "should have at least \(minimum) items")
        }
        tooMany(elements.count, schema.counts.maximum, place)
        guard let node = schema.items.first else { return }
        var seen: Set<JSONValue> = []
        for (index, element) in elements.enumerated() {
            let inner = "\(place)[\(index)]"
            check(element, node, inner)
            switch schema.listType {
            case "set" where !seen.insert(element).inserted:
                causes.append(.duplicate(inner, value: Self.shown(element)))
            case "map":
                var identity: [String: JSONValue] = [:]
                for key in schema.listMapKeys {
                    identity[key] = element[key] ?? node.properties[key]?.defaultValue
                }
                if !seen.insert(.object(identity)).inserted {
                    let pairs = identity.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(Self.shown($0.value))" }
                    causes.append(
                        .duplicate(inner, value: "map[string]interface {}{\(pairs.joined(separator: ", "))}"))
                }
            default: break
            }
        }
    }

    private mutating func tooMany(_ count: Int, _ maximum: Int64?, _ place: String) {
        guard let maximum, count > maximum else { return }
        causes.append(
            .init(
                reason: "FieldValueTooMany", message: "Too many: \(count): must have at most \(maximum) items",
                field: place))
    }

    // MARK: - Scalars

    private mutating func checkText(_ text: String, _ schema: SchemaNode, _ place: String) {
        let length = Int64(text.unicodeScalars.count)
        if let maximum = schema.lengths.maximum, length > maximum {
            causes.append(
                .init(
                    reason: "FieldValueTooLong", message: "Too long: may not be more than \(maximum) bytes",
                    field: place))
        }
        if let minimum = schema.lengths.minimum, length < minimum {
            invalid(place, .string(text), "should be at least \(minimum) chars long")
        }
        if !schema.pattern.isEmpty, let pattern = SchemaPattern(schema.pattern), !pattern.matches(text) {
            invalid(place, .string(text), "should match '\(schema.pattern)'")
        }
        if !SchemaFormat.holds(schema.format, text) {
            invalid(place, .string(text), "must be of type \(schema.format): \(quoted(text))")
        }
    }

    private mutating func checkNumber(_ value: JSONValue, _ schema: SchemaNode, _ place: String) {
        guard let number = value.doubleValue else { return }
        if let bound = schema.maximum, let limit = bound.value.doubleValue,
            bound.isExclusive ? number >= limit : number > limit
        {
            let relation = bound.isExclusive ? "less than" : "less than or equal to"
            invalid(place, value, "should be \(relation) \(JSONWriter.text(bound.value))")
        }
        if let bound = schema.minimum, let limit = bound.value.doubleValue,
            bound.isExclusive ? number <= limit : number < limit
        {
            let relation = bound.isExclusive ? "greater than" : "greater than or equal to"
            invalid(place, value, "should be \(relation) \(JSONWriter.text(bound.value))")
        }
        if let factor = schema.multipleOf?.doubleValue, factor > 0, (number / factor) != (number / factor).rounded() {
            invalid(place, value, "should be a multiple of \(JSONWriter.text(.double(factor)))")
        }
        let isWide =
            switch schema.format {
            case "int32": Int32(exactly: number) == nil
            default: false
            }
        if isWide { invalid(place, value, "must be of type int32: \(JSONWriter.text(value))") }
    }

    // MARK: - Combinations

    private mutating func checkCombination(_ value: JSONValue, _ schema: SchemaNode, _ place: String) {
        let combination = schema.combination
        func problems(_ node: SchemaNode) -> [APIStatus.Cause] { Self.problems(in: value, node, at: place) }
        // The root has no name.
        let name = "\"\(place)\""
        if !combination.any.isEmpty {
            let results = combination.any.map(problems)
            if !results.contains(where: \.isEmpty) {
                combined(place, "\(name) must validate at least one schema (anyOf)")
                causes += results.min { $0.count < $1.count } ?? []
            }
        }
        if !combination.one.isEmpty {
            let results = combination.one.map(problems)
            let sound = results.count(where: \.isEmpty)
            if sound == 0 {
                combined(place, "\(name) must validate one and only one schema (oneOf). Found none valid")
                causes += results.min { $0.count < $1.count } ?? []
            } else if sound > 1 {
                combined(
                    place, "\(name) must validate one and only one schema (oneOf). Found \(sound) valid alternatives")
            }
        }
        let missed = combination.all.flatMap(problems)
        if !missed.isEmpty {
            combined(place, "\(name) must validate all the schemas (allOf)")
            causes += missed
        }
        if let not = combination.not.first, problems(not).isEmpty {
            combined(place, "\(name) must not validate the schema (not)")
        }
    }

    private mutating func combined(_ place: String, _ message: String) {
        causes.append(.invalid(place.isEmpty ? "<nil>" : place, value: quoted(""), message))
    }
}

extension JSONValue {
    /// The number, integer or not.
    var doubleValue: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .null, .bool, .string, .array, .object: nil
        }
    }
}
