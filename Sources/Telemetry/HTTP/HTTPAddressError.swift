/// Why a `--http` value is not an address.
package struct HTTPAddressError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        case noPort, invalidPort, unbracketed, invalidHost
    }

    package var text: String
    package var problem: Problem

    package var description: String {
        let reason =
            switch problem {
            case .noPort: "the port is missing"
            case .invalidPort: "the port must be a number from 0 to 65535"
            case .unbracketed: "an IPv6 address needs brackets, as in [::1]:7472"
            case .invalidHost: "the host is neither an IP address nor a name"
            }
        return "\"\(text)\" is not HOST:PORT: \(reason)"
    }
}
