import Benchmarking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `toono-bench NAME`: measures pure code and prints one JSON row a line. `hack/bench` builds it, runs it and shows it.
@main
struct ToonoBench {
    /// What can be measured, by name.
    static let benches: [String: @Sendable () -> [BenchRow]] = ["allocate": AllocateBench.rows]

    static func main() {
        guard CommandLine.arguments.count == 2, let bench = benches[CommandLine.arguments[1]] else {
            print("usage: toono-bench NAME, with NAME one of: \(benches.keys.sorted().joined(separator: " "))")
            exit(64)
        }
        for row in bench() { print(row.json) }
    }
}
