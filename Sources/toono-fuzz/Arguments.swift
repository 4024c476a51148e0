import Fuzzing

/// The command line of `toono-fuzz`.
struct Arguments {
    /// What is run, each with all seeds.
    var targets = FuzzTarget.allCases
    /// A case is a target and a seed.
    var seeds: ClosedRange<UInt64> = 1...20_000
    /// True to say which case runs before it does.
    var namesEach = false

    static let usage = """
        usage: toono-fuzz [--cases N] [--from S] [--target NAME] [--each]
          --cases N      run N cases of each target (20000)
          --from S       begin with seed S (1)
          --target NAME  one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")); all without it
          --each         name each case before it runs
        """

    /// Nil for a command line that is none.
    init?(_ words: ArraySlice<String>) {
        var (count, first) = (UInt64(20_000), UInt64(1))
        var words = words
        while let word = words.popFirst() {
            switch word {
            case "--each": namesEach = true
            case "--target":
                guard let target = words.popFirst().flatMap({ FuzzTarget(rawValue: $0) }) else { return nil }
                targets = [target]
            case "--cases", "--from":
                guard let value = words.popFirst().flatMap({ UInt64($0) }), (1...1 << 40).contains(value) else {
                    return nil
                }
                if word == "--cases" { count = value } else { first = value }
            default: return nil
            }
        }
        seeds = first...first + count - 1
    }
}
