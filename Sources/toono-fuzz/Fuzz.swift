import Fuzzing
import Glibc

/// `hack/fuzz`: gives damaged input to whatever reads a peer's bytes, and says what broke.
@main
struct Fuzz {
    static func main() {
        guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
            print(Arguments.usage)
            exit(64)
        }
        let failures = arguments.targets.reduce(0) { $0 + run($1, arguments) }
        if failures > 0 { exit(1) }
    }

    /// Growth beyond this over a whole run is a leak: a case leaves nothing behind.
    private static let allowedGrowth = 8 << 20
    /// More failures than this of one target say nothing new.
    private static let shownFailures = 10

    /// Runs all cases of a target, and returns how many failed.
    private static func run(_ target: FuzzTarget, _ arguments: Arguments) -> Int {
        let start = ContinuousClock.now
        var failures = 0
        var warm = 0
        for (index, seed) in arguments.seeds.enumerated() {
            if arguments.namesEach { name(target, seed) }
            if let problem = target.run(seed: seed) {
                failures += 1
                if failures <= shownFailures { print("\(target.rawValue) \(seed): \(problem)") }
            }
            if index == arguments.seeds.count / 4 { warm = residentBytes }
        }
        let growth = residentBytes - warm
        if growth > allowedGrowth {
            failures += 1
            print("\(target.rawValue): memory grew by \(growth >> 10) KiB")
        }
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 1e-6)
        print(
            "\(target.rawValue): \(arguments.seeds.count) cases, \(Int(Double(arguments.seeds.count) / seconds)) a second, "
                + "\(failures) failures")
        fflush(nil)
        return failures
    }

    /// Before the case: if it ends the process, these are its last words.
    private static func name(_ target: FuzzTarget, _ seed: UInt64) {
        print("running \(target.rawValue) \(seed)")
        fflush(nil)
    }

    private static var residentBytes: Int {
        guard let file = unsafe fopen("/proc/self/statm", "re") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
