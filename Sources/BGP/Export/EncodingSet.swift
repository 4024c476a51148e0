/// The encodings of the peers that read a table, by number, counted.
struct EncodingSet: Sendable {
    private var entries: [UpdateEncoding: (number: Int, users: Int)] = [:]
    private var next = 0

    /// The number of an encoding that one peer more has.
    mutating func retain(_ encoding: UpdateEncoding) -> Int {
        if let entry = entries[encoding] {
            entries[encoding] = (entry.number, entry.users + 1)
            return entry.number
        }
        defer { next += 1 }
        entries[encoding] = (next, 1)
        return next
    }

    /// Counts one peer less; returns the number if that was the last.
    mutating func release(_ encoding: UpdateEncoding) -> Int? {
        guard let entry = entries[encoding] else { return nil }
        entries[encoding] = entry.users > 1 ? (entry.number, entry.users - 1) : nil
        return entry.users > 1 ? nil : entry.number
    }
}
