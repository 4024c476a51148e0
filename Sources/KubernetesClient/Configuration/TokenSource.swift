import FoundationEssentials

/// Where the bearer token of a request comes from.
package enum TokenSource: Sendable, Hashable {
    case none
    case fixed(String)
    /// Read again for every request: a projected token is replaced every hour, and at an edge node that started without
    /// a cloud the first token is a stand-in that the server refuses until the kubelet has fetched the real one.
    case file(path: String)

    /// The token for the next request, without the line break at its end; nil if requests carry none.
    /// - Throws: `unauthorized`, naming the file, if it cannot be read or is empty.
    func current() throws(KubernetesError) -> String? {
        switch self {
        case .none: return nil
        case .fixed(let token): return token
        case .file(let path):
            let data: Data
            do {
                data = try Data(contentsOf: URL(filePath: path))
            } catch {
                throw KubernetesError(.unauthorized, "token file \(path) cannot be read", cause: error)
            }
            guard let token = Self.trimmed(data) else {
                throw KubernetesError(.unauthorized, "token file \(path) is empty or not text")
            }
            return token
        }
    }

    /// Visible ASCII only: anything else cannot stand in a header.
    private static func trimmed(_ data: Data) -> String? {
        var bytes = data[...]
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TokenSource: CustomStringConvertible {
    /// Never the token itself.
    package var description: String {
        switch self {
        case .none: "none"
        case .fixed: "fixed"
        case .file(let path): "file \(path)"
        }
    }
}
