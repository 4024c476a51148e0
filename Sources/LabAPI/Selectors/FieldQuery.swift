/// A field selector as it stands in a URL: `metadata.name=x,status.phase!=Running`. All terms must hold.
package struct FieldQuery: Sendable, Hashable {
    /// One comparison; a field without value reads as empty.
    package struct Term: Sendable, Hashable {
        package var field: String
        package var value: String
        package var isEqual: Bool

        package init(field: String, value: String, isEqual: Bool = true) {
            self.field = field
            self.value = value
            self.isEqual = isEqual
        }
    }

    package var terms: [Term]

    package init(terms: [Term] = []) { self.terms = terms }

    /// Reads a selector over the fields that a kind supports; others are refused with 400 and Kubernetes' words.
    package init(parsing text: String, supported: Set<String>) throws(APIStatus) {
        terms = []
        for part in Self.parts(of: text) {
            guard let sign = part.firstIndex(where: { $0 == "=" || $0 == "!" }) else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
            }
            let operators: [(text: String, isEqual: Bool)] = [("!=", false), ("==", true), ("=", true)]
            guard let found = operators.first(where: { part[sign...].hasPrefix($0.text) }) else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
            }
            let field = String(part[..<sign])
            guard supported.contains(field) else { throw .badRequest("field label not supported: \(field)") }
            let value = String(part[sign...].dropFirst(found.text.count))
            terms.append(Term(field: field, value: Self.unescaped(value), isEqual: found.isEqual))
        }
    }

    package func matches(_ fields: [String: String]) -> Bool {
        terms.allSatisfy { ((fields[$0.field] ?? "") == $0.value) == $0.isEqual }
    }

    /// The name that every match has, if the selector names one.
    package var name: String? { terms.first { $0.field == "metadata.name" && $0.isEqual }?.value }

    /// The terms; a comma after a backslash belongs to its value.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == ",", !isEscaped { parts.append("") } else { parts[parts.count - 1].append(character) }
            isEscaped = character == "\\" && !isEscaped
        }
        return parts.filter { !$0.isEmpty }
    }

    /// Backslashes protect `\`, `,` and `=` in values.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        var result = ""
        var isEscaped = false
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
