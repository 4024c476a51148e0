/// The API server's base address, taken apart.
package struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable { case http, https }

    package var scheme: Scheme
    /// A name or an address; IPv6 without brackets.
    package var host: String
    package var port: Int
    /// What every request's path starts with, where a gateway serves several clusters; empty or `/…` without a slash at
    /// the end.
    package var basePath: String

    package init(scheme: Scheme, host: String, port: Int, basePath: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.basePath = basePath
    }

    /// Reads `https://host[:port][/path]`, as in a kubeconfig's `server`.
    /// - Throws: the text and what is wrong with it.
    package init(parsing text: String) throws(ClientConfigurationError) {
        func refuse(_ why: String) -> ClientConfigurationError {
            ClientConfigurationError(.invalid, "server \"\(text)\": \(why)")
        }
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()) else {
            throw refuse("expected https://HOST[:PORT]")
        }
        let authority = parts[1].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = parts[1].dropFirst(authority.count)
        guard !path.contains(where: { $0 == "?" || $0 == "#" }) else { throw refuse("a query is not allowed") }
        while path.last == "/" { path.removeLast() }
        guard !authority.contains("@") else { throw refuse("user names are not allowed") }

        var host = authority[...]
        var portText: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw refuse("the bracket is not closed") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw refuse("expected a port after the bracket") }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
            guard !host.contains(":") else { throw refuse("an IPv6 address needs brackets") }
        }
        guard !host.isEmpty else { throw refuse("the host is missing") }
        var port = scheme == .https ? 443 : 80
        if let portText {
            guard let number = Self.port(portText) else { throw refuse("\"\(portText)\" is not a port") }
            port = number
        }
        self.init(scheme: scheme, host: String(host), port: port, basePath: String(path))
    }

    /// A port from 1 to 65535 in digits; nil for anything else.
    static func port(_ text: some StringProtocol) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt16(text).flatMap { $0 > 0 ? Int($0) : nil }
    }

    /// `host:port`, with brackets around IPv6: the Host header.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package var description: String { "\(scheme.rawValue)://\(authority)\(basePath)" }
}
