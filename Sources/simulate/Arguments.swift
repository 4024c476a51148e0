#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The command line of `simulate`.
struct Arguments {
    /// What is run.
    enum Mode {
        /// Random fault histories.
        case histories
        /// A link with much loss, on which nothing may move.
        case wifiDay(Duration)
        /// A link with so many members.
        case members(Int)
    }

    /// What is run.
    var mode = Mode.histories
    /// The histories to run; of the other modes, the seed is the first.
    var seeds: ClosedRange<UInt64> = 1...200
    /// Whether each step is printed.
    var isTracing = false
    /// Whether the last line is a JSON object.
    var isJSON = false

    static let usage = """
        usage: simulate [--seeds N] [--seed S] [--from S] [--wifi-day | --wifi-minutes N | --members N] [--trace] [--json]
          --seeds N         run N histories (200)
          --from S          begin with seed S (1)
          --seed S          run this history only
          --wifi-day        a day on a link with 20 % loss of multicast and 2 % of unicast, in place of histories
          --wifi-minutes N  the same for N minutes
          --members N       a link with N members at rest, in place of histories
          --trace           print each step of the history
          --json            end with one JSON object
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
            case "--wifi-day": arguments.mode = .wifiDay(.seconds(24 * 3600))
            case "--seeds", "--seed", "--from", "--members", "--wifi-minutes":
                guard let value = words.popFirst().flatMap({ UInt64($0) }), (1...1 << 40).contains(value) else {
                    return .failure("\(word) wants a number from 1 to 2^40")
                }
                switch word {
                case "--seeds": count = value
                case "--members": arguments.mode = .members(Int(min(value, 1000)))
                case "--wifi-minutes": arguments.mode = .wifiDay(.seconds(60 * Int64(value)))
                default:
                    first = value
                    if word == "--seed" { count = 1 }
                }
            default: return .failure("unknown argument \(word)")
            }
        }
        arguments.seeds = first...first + count - 1
        return .success(arguments)
    }
}

/// The processors that this process may use.
func processorCount() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

func exitWithUsage() -> Never { exit(64) }

func exitWithFailure() -> Never { exit(1) }
