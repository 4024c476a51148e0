/// Numbers for the names of peers, for as long as the process lives.
struct PeerNumbers: Sendable {
    private var numbers: [String: Int] = [:]
    private var names: [String] = []

    /// The number of a name, a new one if need be.
    mutating func number(of name: String) -> Int {
        if let known = numbers[name] { return known }
        names.append(name)
        numbers[name] = names.count - 1
        return names.count - 1
    }

    /// The number of a name that has one.
    subscript(name: String) -> Int? { numbers[name] }

    /// The name that has a number.
    func name(of number: Int) -> String { names.indices.contains(number) ? names[number] : "" }
}
