import CLinux

/// The memory that lists leave behind: they are large, come at the start and are gone again, and the C library keeps their
/// pages for more of their kind.
package enum ProcessMemory {
    /// Gives what is free back to the kernel. Takes milliseconds for a heap of hundreds of megabytes.
    package static func trim() { clx_trim_heap() }
}
