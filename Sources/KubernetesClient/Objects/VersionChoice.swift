/// Which of a kind's versions to ask for: the best that the server names, and a guess while it cannot be asked.
///
/// Behind an offline YurtHub discovery is not answered although the lists are, so that a refusal to say must not stop
/// the lists: the best version is tried first, and after a 404 the next one.
struct VersionChoice: Sendable, Hashable {
    private let preferred: [String]
    private var candidates: [String]
    private var index = 0
    /// The server should be asked before the next list.
    private(set) var isAskingNeeded: Bool

    /// - Parameter preferred: the best first.
    init(preferred: [String]) {
        self.preferred = preferred
        candidates = preferred
        isAskingNeeded = preferred.count > 1
    }

    /// The version to ask for now; nil if none is known, which no caller makes.
    var version: String? { candidates.isEmpty ? preferred.first : candidates[index % candidates.count] }

    /// The group's versions, as the server names them.
    mutating func serverNamed(_ served: [String]) {
        let known = preferred.filter(served.contains)
        let now = known.isEmpty ? preferred : known
        // A group can serve a version without this kind in it: then the 404 has moved on, and asking must not move back.
        if now != candidates {
            candidates = now
            index = 0
        }
        isAskingNeeded = false
    }

    /// The server did not say.
    mutating func askingFailed() {
        isAskingNeeded = true
    }

    /// The version asked for is not served (404).
    mutating func versionNotFound() {
        index += 1
        isAskingNeeded = preferred.count > 1
    }
}
