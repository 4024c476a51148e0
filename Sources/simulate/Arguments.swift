#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The command line of `simulate`.
struct Arguments {
    /// The histories to run.
    var seeds: ClosedRange<UInt64> = 1...200
    /// Whether each step is printed.
    var isTracing = false
    /// Whether the last line is a JSON object.
    var isJSON = false

    static let usage = """
        usage: simulate [--seeds N] [--seed S] [--from S] [--trace] [--json]
          --seeds N  run N histories (200)
          --from S   begin with seed S (1)
          --seed S   run this history only
          --trace    print each step
          --json     end with one JSON object
        """

    enum Outcome {
        case success(Arguments)
        case failure(String)
    }
}

extension Arguments {
    static func read(_ words: ArraySlice<String>) -> Outcome {
        var arguments = Arguments()
        var count: UInt64 = 200
        var first: UInt64 = 1
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--trace": arguments.isTracing = true
            case "--json": arguments.isJSON = true
            case "--seeds", "--seed", "--from":
                guard let value = words.popFirst().flatMap({ UInt64($0) }), value > 0 else {
                    return .failure("\(word) wants a number above 0")
                }
                if word == "--seeds" { count = value } else { first = value }
                if word == "--seed" { count = 1 }
            default: return .failure("unknown argument \(word)")
            }
        }
        let (last, overflow) = first.addingReportingOverflow(count - 1)
        guard !overflow else { return .failure("the seeds end beyond 2^64") }
        arguments.seeds = first...last
        return .success(arguments)
    }
}

func exitWithUsage() -> Never {
    print(Arguments.usage)
    exit(64)
}

func exitWithFailure() -> Never { exit(1) }
