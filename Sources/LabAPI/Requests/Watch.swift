import KubernetesObjects

/// An open watch: where it stands in the history of its storage, and when it ends.
///
/// It holds no events. Whoever serves it asks `LabCluster.poll` for what is new, when it is woken by a change or at
/// `nextWake`; a watch that falls too far behind is told so and ends, as with kube-apiserver's watch cache.
package struct Watch: Sendable {
    let call: Call
    let filter: ObjectFilter
    let form: Representation
    let table: TableForm?
    let allowsBookmarks: Bool
    /// Objects that the watch starts with, still to be sent.
    var initial: ArraySlice<StoredObject>
    /// The revision that `initial` is of; nil if no bookmark marks their end.
    var initialEnd: Int64?
    /// Changes up to here have been sent.
    var cursor: Int64
    var hasSentColumns = false
    var nextBookmark: Timestamp?
    /// When the watch ends by itself.
    package let deadline: Timestamp
    /// True when nothing more will come.
    package internal(set) var isFinished = false

    /// Where its objects are stored: only changes there concern it.
    package var storage: StorageKey { call.storage }

    /// When it must be polled even if nothing changes.
    package var nextWake: Timestamp { min(deadline, nextBookmark ?? deadline) }
}

/// What a watch is to be sent.
package struct WatchLines: Sendable {
    /// Events, a line each; may be empty.
    package var bytes: [UInt8] = []
    /// True if the watch should be polled again at once.
    package var hasMore = false

    package init(bytes: [UInt8] = [], hasMore: Bool = false) {
        self.bytes = bytes
        self.hasMore = hasMore
    }
}
