/// What /proc says about this process at one moment (proc(5)).
struct ProcessSample: Sendable, Hashable {
    /// User and system time since the start, in clock ticks.
    var processorTicks: UInt64
    /// Start of the process after boot, in clock ticks.
    var startTicks: UInt64
    var virtualBytes: UInt64
    var residentPages: UInt64

    /// Reads the line of /proc/self/stat; nil when it is not one. The second field is the program's name in parentheses
    /// and may hold spaces and parentheses itself, so that fields are counted from the last one.
    init?(stat: String) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        // Field 3 of proc(5) is index 0 here.
        let fields = stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 21, let user = UInt64(fields[11]), let system = UInt64(fields[12]),
            let start = UInt64(fields[19]), let virtual = UInt64(fields[20]), let resident = UInt64(fields[21])
        else { return nil }
        processorTicks = user &+ system
        startTicks = start
        virtualBytes = virtual
        residentPages = resident
    }
}
