/// Why a process ended, for service managers and scripts (sysexits.h).
package enum ExitStatus: Int32, Sendable, Hashable {
    case success = 0
    /// The answer is "no": unhealthy, invalid, different.
    case failure = 1
    /// EX_USAGE: a wrong flag or argument.
    case usage = 64
    /// EX_DATAERR: a file that is not what it should be.
    case dataError = 65
    /// EX_NOINPUT: a file that is not there.
    case noInput = 66
    /// EX_UNAVAILABLE: something that is needed does not answer.
    case unavailable = 69
    /// EX_SOFTWARE: a mistake of this program.
    case software = 70
    /// EX_OSERR: the system refused what it never should.
    case systemError = 71
    /// EX_NOPERM: a capability or right is missing.
    case noPermission = 77
    /// EX_CONFIG: the settings, or the files they name, cannot work.
    case configuration = 78
}
