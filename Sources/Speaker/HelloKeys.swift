import Crypto
import FoundationEssentials
package import Ownership

/// Reads the keys that speakers authenticate each other with: a file of one or two lines, each the base64 of at least
/// 16 random bytes. The first is used to send, both are accepted, so that a key is changed node by node without a break.
package enum HelloKeys {
    /// What is wrong with a key file. Never holds any of its content.
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        package var path: String
        package var line: Int?
        package var problem: String

        package var description: String {
            "hello key file \(path)" + (line.map { ", line \($0)" } ?? "") + ": \(problem)"
        }
    }

    /// The keys in a file.
    package static func load(path: String) throws(Failure) -> OwnershipKeys {
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Failure(path: path, problem: "cannot be read: \(describe(error))")
        }
        guard data.count <= 4096 else { throw Failure(path: path, problem: "is longer than 4096 bytes") }
        return try parse(String(decoding: data, as: UTF8.self), path: path)
    }

    /// The keys in a file's text.
    package static func parse(_ text: String, path: String) throws(Failure) -> OwnershipKeys {
        var keys: OwnershipKeys?
        var count = 0
        // By what is a line's end to Swift: "\r\n" is one character, and not "\n".
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let word = line.filter { !$0.isWhitespace }
            if word.isEmpty { continue }
            guard let key = Data(base64Encoded: String(word)), key.count >= 16 else {
                throw Failure(path: path, line: index + 1, problem: "is not the base64 of at least 16 bytes")
            }
            count += 1
            guard count <= 2 else {
                throw Failure(path: path, line: index + 1, problem: "a third key; two are accepted at most")
            }
            let id = identifier(of: key)
            if keys?.sendingID == id {
                throw Failure(
                    path: path, line: index + 1, problem: "cannot be told from the first key; make another one")
            }
            keys = keys?.accepting(id: id, key: Array(key)) ?? OwnershipKeys(id: id, key: Array(key))
        }
        guard let keys else { throw Failure(path: path, problem: "has no key") }
        return keys
    }

    /// Follows from the key, so that nobody has to number keys.
    private static func identifier(of key: Data) -> UInt8 { SHA256.hash(data: key).first { _ in true } ?? 0 }

    private static func describe(_ error: any Error) -> String {
        (error as? CocoaError)?.code == .fileReadNoSuchFile ? "no such file" : "\(error)"
    }
}
