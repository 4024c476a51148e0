import Glibc

/// What the kernel says of a process.
enum ProcessFigures {
    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Resident memory of a process in kilobytes: all of it, and what of it is no file's, such as programs and libraries.
    static func memory(of pid: Int32) throws -> (resident: Int, anonymous: Int) {
        var figures: [Substring: Int] = [:]
        for line in try lines(of: "/proc/\(pid)/status") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count == 3, words[2] == "kB" { figures[words[0]] = Int(words[1]) }
        }
        guard let resident = figures["VmRSS:"], let anonymous = figures["RssAnon:"] else {
            throw Failure(description: "process \(pid) has no resident memory")
        }
        return (resident, anonymous)
    }

    /// The time that a process has had of a processor, all its threads together.
    static func processorNanoseconds(of pid: Int32) throws -> Int64 {
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
            throw Failure(description: "process \(pid) has no clock")
        }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func lines(of path: String) throws -> [Substring] {
        guard let file = unsafe fopen(path, "re") else { throw Failure(description: "\(path) cannot be read") }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    }
}
