/// Texts that many objects have in common, each held once: labels, names of namespaces. A hundred thousand
/// objects that are decoded one by one otherwise hold a hundred thousand copies.
struct TextPool: Sendable {
    /// More different texts than this are no longer common ones.
    private static let limit = 10_000
    private var texts: Set<String> = []

    /// The same text, from the pool.
    mutating func shared(_ text: String) -> String {
        // Fifteen bytes or less stand in the value itself.
        if text.utf8.count <= 15 { return text }
        if let present = texts.firstIndex(of: text) { return texts[present] }
        if texts.count < Self.limit { texts.insert(text) }
        return text
    }

    /// The same entries with keys and values from the pool.
    /// - Parameter isKept: keys of entries that are left out are not in the pool.
    mutating func sharing(
        _ entries: [String: String], where isKept: (String) -> Bool = { _ in true }
    ) -> [String: String] {
        var result: [String: String] = [:]
        for (key, value) in entries where isKept(key) { result[shared(key)] = shared(value) }
        return result
    }
}
