import Addresses

/// The attribute sets in use, by number, each with the templates that were made of it.
struct AttributeSets: Sendable {
    private struct Entry: Sendable {
        var attributes: RouteAttributes
        var templates: [TemplateKey: UpdateTemplate] = [:]
    }

    private struct TemplateKey: Sendable, Hashable {
        var encoding: Int
        var family: IPFamily
    }

    /// By number; the first is that of withdrawn routes and stays empty.
    private var entries: [Entry?] = [nil]
    /// The number of routes of each.
    private var routes: [Int] = [0]
    private var numbers: [RouteAttributes: Int] = [:]
    private var freeNumbers: [Int] = []
    private var lastNumber = 0

    var footprint: Int { entries.count + numbers.count }

    /// The attributes of a number in use.
    subscript(number: Int) -> RouteAttributes { entries[number]?.attributes ?? .none }

    /// The number of an attribute set; a new one begins without routes.
    mutating func number(of attributes: RouteAttributes) -> Int {
        // routes come in runs with equal attributes, which then share their storage
        if entries[lastNumber]?.attributes == attributes { return lastNumber }
        if let known = numbers[attributes] {
            lastNumber = known
            return known
        }
        let number = freeNumbers.popLast() ?? entries.count
        if number == entries.count {
            entries.append(nil)
            routes.append(0)
        }
        entries[number] = Entry(attributes: attributes)
        numbers[attributes] = number
        lastNumber = number
        return number
    }

    /// Counts a route more.
    mutating func retain(_ number: Int) { routes[number] += 1 }

    /// Counts a route less; the last one frees the number.
    mutating func release(_ number: Int) {
        routes[number] -= 1
        guard routes[number] == 0, let entry = entries[number] else { return }
        numbers[entry.attributes] = nil
        entries[number] = nil
        freeNumbers.append(number)
    }

    /// The template of an attribute set for an encoding, made once.
    mutating func template(
        _ number: Int, _ family: IPFamily, by nextHop: NextHop, _ encoding: UpdateEncoding, encodingNumber: Int
    ) -> UpdateTemplate {
        let key = TemplateKey(encoding: encodingNumber, family: family)
        if let made = entries[number]?.templates[key] { return made }
        let template = UpdateTemplate(announcing: self[number], family, by: nextHop, encoding)
        entries[number]?.templates[key] = template
        return template
    }

    /// Forgets the templates of an encoding that no peer has any more.
    mutating func forgetTemplates(ofEncoding number: Int) {
        for index in entries.indices where entries[index] != nil {
            for family in IPFamily.allCases {
                entries[index]?.templates[TemplateKey(encoding: number, family: family)] = nil
            }
        }
    }
}
