/// Makes names for resources of names that may be anything.
enum ResourceNames {
    /// One name for each, no two alike, and the same ones whenever the same names come in the same order. A name that can
    /// stay as it is stays, whatever comes before it; of others that would be alike, all but the first get a number.
    static func assign(_ names: [String], fallback: String) -> [String] {
        let wanted = names.map { sanitised($0, fallback: fallback) }
        var taken = Set(zip(names, wanted).filter { $0 == $1 }.map(\.1))
        return zip(names, wanted).map { name, wanted in
            if name == wanted { return name }
            var candidate = wanted
            var number = 2
            while !taken.insert(candidate).inserted {
                candidate = withNumber(wanted, number)
                number += 1
            }
            return candidate
        }
    }

    /// The rule of MetalLB's own converter: lower case, a dash in place of every sign, a letter first, at most 63.
    private static func sanitised(_ name: String, fallback: String) -> String {
        let lower = name.lowercased().unicodeScalars.map { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        let result = trimmed(String(lower.drop { !("a"..."z").contains($0) }.prefix(63)))
        return result.isEmpty ? fallback : result
    }

    private static func withNumber(_ name: String, _ number: Int) -> String {
        let suffix = "-\(number)"
        return trimmed(String(name.prefix(63 - suffix.count))) + suffix
    }

    private static func trimmed(_ name: String) -> String {
        var name = name
        while name.last == "-" { name.removeLast() }
        return name
    }
}
