import Glibc

/// What the kernel says of a process.
enum ProcessFigures {
    struct Failure: Error, CustomStringConvertible { var description: String }

    /// VmRSS.
    static func residentKilobytes(of pid: Int32) throws -> Int {
        for line in try lines(of: "/proc/\(pid)/status") where line.hasPrefix("VmRSS:") {
            if let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) {
                return number
            }
        }
        throw Failure(description: "process \(pid) has no resident memory")
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
