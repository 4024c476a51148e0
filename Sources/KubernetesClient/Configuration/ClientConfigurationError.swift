/// Why there is no usable way to the API server: one line that names the file, entry or variable.
package struct ClientConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// Not in a pod: the variables that Kubernetes sets are missing.
        case notInCluster
        /// A file that is named cannot be read.
        case unreadableFile
        /// A file or entry says something that cannot be.
        case invalid
        /// Something valid that Toono does not do, such as exec plugins.
        case unsupported
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
