package import BGP
import NIOCore

/// A table of routes that several peers read. Used on its loop only.
package final class RouteTable {
    var routes: ExportTable
    private var readers: [ObjectIdentifier: () -> Void] = [:]

    /// A table without routes; `isComplete` is false while more are expected, and no peer is told that it has all.
    package init(isComplete: Bool = true) { routes = ExportTable(isComplete: isComplete) }

    /// The number of its readers.
    package var readerCount: Int { readers.count }

    /// Reads the table.
    package func read<Value>(_ body: (ExportTable) -> Value) -> Value { body(routes) }

    /// Changes the table and lets its readers know, each for itself in a later turn of the loop, so that many changes
    /// make full messages.
    package func change(_ body: (inout ExportTable) -> Void) {
        body(&routes)
        for wake in readers.values { wake() }
    }

    func add(_ reader: AnyObject, wake: @escaping () -> Void) { readers[ObjectIdentifier(reader)] = wake }
    func remove(_ reader: AnyObject) { readers[ObjectIdentifier(reader)] = nil }
}
