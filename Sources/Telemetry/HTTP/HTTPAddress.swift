import NIOCore

/// The value of `--http`: where the endpoint listens.
package struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP address without brackets or a host name; nil for all addresses of both families.
    package let host: String?
    /// 0 lets the kernel choose; the log says which it was.
    package let port: UInt16

    /// Reads `HOST:PORT`: `127.0.0.1:7472`, `[::1]:7472`, `localhost:7472`, or `:7472` for all addresses.
    package init(_ text: String) throws(HTTPAddressError) {
        guard let colon = text.lastIndex(of: ":") else { throw HTTPAddressError(text: text, problem: .noPort) }
        let digits = text[text.index(after: colon)...]
        let host = text[..<colon]
        if host.contains(":"), !host.hasPrefix("[") {
            throw HTTPAddressError(text: text, problem: .unbracketed)
        }
        guard let port = UInt16(digits), digits.utf8.allSatisfy(Self.isDigit) else {
            throw HTTPAddressError(text: text, problem: .invalidPort)
        }
        guard let host = Self.host(host) else { throw HTTPAddressError(text: text, problem: .invalidHost) }
        self.host = host.isEmpty ? nil : host
        self.port = port
    }

    package var description: String {
        guard let host else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The host without brackets, empty for none, nil for what can be neither an address nor a name.
    private static func host(_ text: Substring) -> String? {
        if text.hasPrefix("[") {
            guard text.hasSuffix("]") else { return nil }
            let address = String(text.dropFirst().dropLast())
            return address.contains(":") && isAddress(address) ? address : nil
        }
        // What has the shape of an IPv4 address must be one: "256.1.1.1" is no name to look up.
        if text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }) {
            return text.isEmpty || isAddress(String(text)) ? String(text) : nil
        }
        let isName = text.utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return isName ? String(text) : nil
    }

    private static func isAddress(_ text: String) -> Bool {
        (try? SocketAddress(ipAddress: text, port: 0)) != nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
