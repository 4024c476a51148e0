import FoundationEssentials
import Glibc

/// The directory in which a speaker remembers what it needs to start without an API server: one file a part, each
/// replaced as a whole, so that a crash or a power cut leaves the old one or the new one.
///
/// All calls block on the disk: they are made from a thread that may wait.
package struct StateStore: Sendable {
    /// What is remembered together, in one file.
    package enum Part: String, Sendable, Hashable, CaseIterable, Comparable {
        case services
        case endpointSlices = "endpointslices"
        case nodes
        case configuration
        case ownership
        case poolServices = "poolservices"
        /// Whether kube-proxy was in good health on this node once.
        case dataPlane = "dataplane"

        package static func < (left: Part, right: Part) -> Bool { left.rawValue < right.rawValue }
    }

    package let directory: String
    /// Larger files are no memory of ours.
    private static let sizeLimit = 256 << 20

    package init(directory: String) { self.directory = directory }

    /// The file of a part.
    package func path(of part: Part) -> String { "\(directory)/\(part.rawValue).state" }

    /// What was saved of a part last.
    package func load<Value: Decodable>(_ part: Part, as type: Value.Type) throws(StateError) -> Value {
        let path = path(of: part)
        do throws(StateError) {
            return try StateFile.decode(type, from: try Self.read(path))
        } catch {
            var error = error
            error.path = path
            throw error
        }
    }

    /// Replaces what was saved of a part. Returns when the disk has it.
    package func save(_ value: some Encodable, as part: Part) throws(StateError) {
        let bytes = try StateFile.encode(value)
        let path = path(of: part)
        let temporary = path + ".new"
        do throws(StateError) {
            try makeDirectory()
            try Self.write(bytes, to: temporary)
            guard unsafe rename(temporary, path) == 0 else {
                throw StateError(.unwritable, "rename", path: path, errno: errno)
            }
            try syncDirectory()
        } catch {
            unsafe unlink(temporary)
            throw error
        }
    }

    // MARK: - The disk

    private func makeDirectory() throws(StateError) {
        guard unsafe mkdir(directory, 0o700) != 0, errno != EEXIST else { return }
        throw StateError(.unwritable, "mkdir", path: directory, errno: errno)
    }

    /// Without this a rename may be lost by a power cut, though what it renamed is on the disk.
    private func syncDirectory() throws(StateError) {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StateError(.unwritable, "open", path: directory, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw StateError(.unwritable, "fsync", path: directory, errno: errno)
        }
    }

    private static func write(_ bytes: Data, to path: String) throws(StateError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StateError(.unwritable, "open", path: path, errno: errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw StateError(.unwritable, "write", path: path, errno: errno) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw StateError(.unwritable, "fsync", path: path, errno: errno) }
    }

    private static func read(_ path: String) throws(StateError) -> Data {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StateError(errno == ENOENT ? .missing : .unreadable, "open", path: path, errno: errno)
        }
        defer { close(descriptor) }
        var bytes = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= sizeLimit {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StateError(.unreadable, "read", path: path, errno: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
        throw StateError(.damaged, "is longer than \(sizeLimit) bytes", path: path)
    }
}
