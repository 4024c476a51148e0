import FoundationEssentials
import Glibc
import StateStore
import Testing

@Suite("The state directory")
struct StateStoreTests {
    private struct Sample: Codable, Hashable {
        var name: String
        var numbers: [Int]
    }

    private let sample = Sample(name: "shop 7", numbers: [1, 2, 3])

    /// A store in a directory of its own, which is removed afterwards.
    private func withStore(_ body: (StateStore) throws -> Void) throws {
        let parent = FileManager.default.temporaryDirectory.path() + "toono-state-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        try body(StateStore(directory: parent + "/state"))
    }

    private func code(_ store: StateStore, _ part: StateStore.Part = .services) -> StateError.Code? {
        do throws(StateError) {
            _ = try store.load(part, as: Sample.self)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("what was saved is loaded, part by part, and the last save counts")
    func roundTrip() throws {
        try withStore { store in
            try store.save(Sample(name: "old", numbers: []), as: .services)
            try store.save(sample, as: .services)
            #expect(try store.load(.services, as: Sample.self) == sample)
            #expect(code(store, .nodes) == .missing)
        }
    }

    @Test("a file that was cut off at any byte is damaged, and none is taken for a good one")
    func truncation() throws {
        try withStore { store in
            try store.save(sample, as: .services)
            let whole = try Data(contentsOf: URL(filePath: store.path(of: .services)))
            for length in 0..<whole.count {
                try whole.prefix(length).write(to: URL(filePath: store.path(of: .services)))
                #expect(code(store) == .damaged, "\(length) bytes")
            }
        }
    }

    @Test("a file with one bit changed is not loaded")
    func corruption() throws {
        try withStore { store in
            try store.save(sample, as: .services)
            let whole = try Data(contentsOf: URL(filePath: store.path(of: .services)))
            for index in whole.indices {
                var changed = whole
                changed[index] ^= 1
                try changed.write(to: URL(filePath: store.path(of: .services)))
                #expect(code(store) != nil, "byte \(index)")
            }
        }
    }

    @Test("a file of another version is told apart from a damaged one")
    func otherVersion() throws {
        try withStore { store in
            try store.save(sample, as: .services)
            let path = URL(filePath: store.path(of: .services))
            let text = String(decoding: try Data(contentsOf: path), as: UTF8.self)
            try Data(("toono-state 2" + text.dropFirst("toono-state 1".count)).utf8).write(to: path)
            #expect(code(store) == .otherVersion)
        }
    }

    @Test("a save that fails leaves what was saved before and no half file")
    func failure() throws {
        try withStore { store in
            try store.save(sample, as: .services)
            // A directory in the way of the temporary file stands for a disk that takes nothing.
            let blocker = store.path(of: .services) + ".new"
            try FileManager.default.createDirectory(atPath: blocker, withIntermediateDirectories: false)
            #expect(throws: StateError.self) { try store.save(Sample(name: "new", numbers: []), as: .services) }
            #expect(try store.load(.services, as: Sample.self) == sample)
        }
    }

    @Test("a directory that cannot be made is an error with its path and the kernel's words")
    func noDirectory() {
        let store = StateStore(directory: "/proc/toono-state")
        do throws(StateError) {
            try store.save(sample, as: .nodes)
            Issue.record("saved under /proc")
        } catch {
            #expect(error.code == .unwritable)
            #expect("\(error)".hasPrefix("/proc/toono-state: mkdir: "))
        }
    }

    @Test("a full disk is an error that names the call, and the old file stays")
    func fullDisk() throws {
        // /dev/full answers every write with ENOSPC.
        try withStore { store in
            try store.save(sample, as: .services)
            let temporary = store.path(of: .services) + ".new"
            // O_NOFOLLOW refuses the link: nobody leads the speaker to write elsewhere.
            try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: "/dev/full")
            #expect(throws: StateError.self) { try store.save(sample, as: .services) }
            #expect(try store.load(.services, as: Sample.self) == sample)
        }
    }
}
