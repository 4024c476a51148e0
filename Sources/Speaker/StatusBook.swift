import KubernetesObjects

/// What this node's ServiceL2Status objects are to say, and which of them the API still lacks.
struct StatusBook {
    struct Entry: Hashable {
        /// Names of the links on which the Service is announced; empty once it is no more.
        var links: Set<String> = []
        /// A node that announced before, whose object is to be cleared away.
        var formerOwner: String?
    }

    private var entries: [ObjectKey: Entry] = [:]

    /// What the object of a Service is to say; nil if there is nothing to say or to clear away.
    subscript(service: ObjectKey) -> Entry? { entries[service] }

    /// This node announces the Service on a link; `formerOwner` did before, if another node did.
    mutating func announced(_ service: ObjectKey, link: String, formerOwner: String?) {
        entries[service, default: Entry()].links.insert(link)
        if let formerOwner { entries[service]?.formerOwner = formerOwner }
    }

    /// This node announces the Service on a link no more.
    mutating func withdrawn(_ service: ObjectKey, link: String) { entries[service]?.links.remove(link) }

    /// An object about the Service is there, from whenever.
    mutating func found(_ service: ObjectKey) { if entries[service] == nil { entries[service] = Entry() } }

    /// The API has what an entry says; there may be news since.
    mutating func written(_ entry: Entry, for service: ObjectKey) {
        if entries[service]?.formerOwner == entry.formerOwner { entries[service]?.formerOwner = nil }
        // Only an object that was cleared away is done with: one written while its link went is not.
        if entry.links.isEmpty, entries[service] == Entry() { entries[service] = nil }
    }

    /// The Services that are announced on a link.
    func services(announcedOn link: String) -> [ObjectKey] {
        entries.filter { $0.value.links.contains(link) }.map(\.key)
    }
}
