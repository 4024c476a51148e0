/// Finds what somebody meant who wrote something else.
package enum Suggestion {
    /// The candidate that differs from a text only in case and signs, or by at most two slips of the keyboard; nil if there
    /// is none.
    package static func nearest(to text: String, in candidates: [String]) -> String? {
        // Comparing takes the product of the lengths; no key is that long.
        guard text.utf8.count <= 64 else { return nil }
        if let same = candidates.first(where: { plain($0) == plain(text) }) { return same }
        let ranked = candidates.map { (distance: distance(Array(text.utf8), Array($0.utf8)), candidate: $0) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= min(2, text.utf8.count / 2)
        else { return nil }
        return best.candidate
    }

    private static func plain(_ text: String) -> String { text.lowercased().filter { $0 != "-" && $0 != "_" } }

    /// How many bytes must be put in, taken out or replaced (Levenshtein).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (leftIndex, leftByte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = leftIndex + 1
            for (rightIndex, rightByte) in right.enumerated() {
                let replaced = diagonal + (leftByte == rightByte ? 0 : 1)
                diagonal = row[rightIndex + 1]
                row[rightIndex + 1] = min(replaced, diagonal + 1, row[rightIndex] + 1)
            }
        }
        return row[right.count]
    }
}
