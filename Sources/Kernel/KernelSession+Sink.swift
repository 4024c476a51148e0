import Glibc

extension KernelSession {
    /// Sees to it that the sink is there and up.
    ///
    /// A `dummy` device drops what is routed to it; where the kernel has none, an `ifb` with nothing behind it does the
    /// same.
    /// - Returns: the sink as it is then.
    /// - Throws: EEXIST if an interface of another kind has the sink's name; it is left alone. Else what the kernel said.
    package func ensureSink() throws(KernelError) -> Link {
        if try sink() == nil {
            for (kind, isLast) in zip(KernelOwner.sinkKinds, [false, true]) {
                guard let failure = try apply([.addLink(name: KernelOwner.sinkName, kind: kind)]).first else { break }
                // EOPNOTSUPP: the kernel knows no devices of that kind.
                if isLast || failure.error.errno != EOPNOTSUPP { throw failure.error }
            }
        }
        guard let made = try sink() else {
            throw KernelError("make the link \(KernelOwner.sinkName)", errno: ENODEV, detail: "somebody removes it")
        }
        guard let kind = made.kind, KernelOwner.sinkKinds.contains(kind) else {
            throw KernelError(
                "make the link \(KernelOwner.sinkName)", errno: EEXIST,
                detail: "a link of kind \(made.kind ?? "hardware") has this name")
        }
        if made.isUp { return made }
        if let failure = try apply([.setLinkUp(index: made.index)]).first { throw failure.error }
        return try sink() ?? made
    }

    private func sink() throws(KernelError) -> Link? { try links().first { $0.name == KernelOwner.sinkName } }
}
