import Wire

/// A run of prefixes as UPDATE carries them: a length in bits, then as many bytes as hold it.
enum PrefixField {
    /// The number of prefixes, or nil if one is longer than the family's addresses or than what is left.
    static func count(_ field: ArraySlice<UInt8>, maximumLength: Int) -> Int? {
        var position = field.startIndex
        var count = 0
        while position < field.endIndex {
            let bits = Int(field[position])
            guard bits <= maximumLength else { return nil }
            position += 1 + (bits + 7) / 8
            count += 1
        }
        return position == field.endIndex ? count : nil
    }
}
