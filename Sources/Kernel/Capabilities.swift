import CLinux

/// A Linux capability that the speaker cannot do without.
package enum Capability: Int32, Sendable, Hashable, CustomStringConvertible {
    case netAdmin = 12
    case netRaw = 13

    package var description: String { self == .netAdmin ? "NET_ADMIN" : "NET_RAW" }
}

/// The capabilities of this process.
package enum Capabilities {
    /// Those of the wanted ones that are not in effect.
    package static func missing(_ wanted: [Capability]) throws(KernelError) -> [Capability] {
        var mask: UInt64 = 0
        guard unsafe clx_effective_capabilities(&mask) == 0 else {
            throw KernelError("read the process's capabilities", errno: ErrorNumber.last)
        }
        return wanted.filter { mask & 1 << UInt64($0.rawValue) == 0 }
    }
}
