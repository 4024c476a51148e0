import Glibc

/// Why a file of the state directory was not written or not read. Never fatal: a speaker works without its memory.
package struct StateError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// There is no such file: nothing was remembered yet.
        case missing
        /// The file is not what was written.
        case damaged
        /// Another version of Toono wrote the file.
        case otherVersion
        /// The directory is full, read-only, or not there.
        case unwritable
        /// The file is there and cannot be read.
        case unreadable
    }

    package var code: Code
    package var problem: String
    /// The file or directory; empty where none is concerned.
    package var path: String

    init(_ code: Code, _ problem: String, path: String = "") {
        self.code = code
        self.problem = problem
        self.path = path
    }

    /// A call of the kernel that failed.
    init(_ code: Code, _ call: String, path: String, errno number: Int32) {
        self.init(code, "\(call): \(unsafe String(cString: strerror(number)))", path: path)
    }

    package var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}
