import Addresses

/// Removes everything of ours from the kernel, and nothing else.
package enum Cleanup {
    /// - Returns: the number of entries removed; 0 if there was nothing.
    package static func run() throws(KernelError) -> Int {
        let session = try KernelSession()
        let ours = KernelOwner.protocolNumber
        // Proxy entries first: what has a route but no entry is answered for by nobody.
        var changes: [KernelChange] = try session.proxyNeighbors().filter { $0.protocolNumber == ours }
            .map { .removeProxy($0.address, index: $0.index) }
        changes += try session.routes().map { .removeRoute($0.prefix.address, outputIndex: $0.outputIndex) }
        changes += try session.addresses().filter { $0.protocolNumber == ours }
            .map { .removeAddress($0.prefix, index: $0.index) }
        changes += try session.links().filter { $0.name == KernelOwner.sinkName }.map { .removeLink(index: $0.index) }
        if let refused = try session.apply(changes).first { throw refused.error }
        return changes.count
    }
}
