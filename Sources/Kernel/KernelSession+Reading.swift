package import Addresses
import CMNL
import Glibc

extension KernelSession {
    /// The routes that carry our protocol number, both families, in whatever table they are.
    package func routes() throws(KernelError) -> [Route] {
        var routes: [Route] = []
        for family in IPFamily.allCases {
            // A kernel without strict checking (before 4.20) lists all routes: the protocol is looked at again here.
            routes += try dump("list routes", type: UInt16(RTM_GETROUTE), response: UInt16(RTM_NEWROUTE)) { buffer in
                buffer.put(family.number)
                for value in [0, 0, 0, UInt8(RT_TABLE_UNSPEC.rawValue), KernelOwner.protocolNumber, 0, 0] {
                    buffer.put(value)
                }
                buffer.put(UInt32(0))
            } parse: {
                Route(message: $0).flatMap { $0.protocolNumber == KernelOwner.protocolNumber ? $0 : nil }
            }
        }
        return routes
    }

    /// All proxy neighbour entries, whoever made them.
    package func proxyNeighbors() throws(KernelError) -> [ProxyNeighbor] {
        var entries: [ProxyNeighbor] = []
        for family in IPFamily.allCases {
            entries += try dump(
                "list proxy neighbours", type: UInt16(RTM_GETNEIGH), response: UInt16(RTM_NEWNEIGH)
            ) { buffer in
                buffer.put(UInt32(family.number))  // family, padding
                buffer.put(UInt32(0))  // all interfaces
                buffer.put(UInt16(0))
                buffer.put(UInt8(NTF_PROXY))
                buffer.put(UInt8(0))
            } parse: {
                ProxyNeighbor(message: $0)
            }
        }
        return entries
    }

    /// All interfaces.
    package func links() throws(KernelError) -> [Link] { try reader.links() }

    /// All addresses of all interfaces.
    package func addresses() throws(KernelError) -> [LinkAddress] {
        try dump("list addresses", type: UInt16(RTM_GETADDR), response: UInt16(RTM_NEWADDR)) { buffer in
            buffer.put(UInt64(0))
        } parse: {
            LinkAddress(message: $0)
        }
    }

    /// How long the kernel waits before it answers for a proxy entry of a link, at random up to this; nil if there is no
    /// such link.
    package func proxyDelay(index: Int32, family: IPFamily) throws(KernelError) -> Duration? {
        try dump("list neighbour tables", type: UInt16(RTM_GETNEIGHTBL), response: UInt16(RTM_NEWNEIGHTBL)) { buffer in
            buffer.put(UInt32(family.number))
        } parse: { payload in
            NeighborTableParameters(message: payload)
        }.first { $0.index == index }.map { .milliseconds(Int64(clamping: $0.proxyDelay)) }
    }

    /// Runs a dump to its end. One that other changes interrupted is started again, a few times, before it is an error: a
    /// short answer must never pass for a whole one.
    func dump<Object>(
        _ operation: String, type: UInt16, response: UInt16, header: (inout MessageBuffer) -> Void,
        parse: (ArraySlice<UInt8>) -> Object?
    ) throws(KernelError) -> [Object] {
        for _ in 0..<5 {
            let sequence = socket.nextSequence()
            buffer.removeAll()
            buffer.begin(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
            header(&buffer)
            buffer.end()
            try socket.send(buffer.bytes, for: operation)
            if let objects = try collect(sequence, operation, response, parse) { return objects }
        }
        throw KernelError(operation, errno: EINTR, detail: "the state changed during each of five dumps")
    }

    /// Collects the objects of one dump; nil if it was interrupted.
    private func collect<Object>(
        _ sequence: UInt32, _ operation: String, _ response: UInt16, _ parse: (ArraySlice<UInt8>) -> Object?
    ) throws(KernelError) -> [Object]? {
        var objects: [Object] = []
        var isWhole = true
        while true {
            for message in MessageReader(try socket.receive(for: operation)) where message.sequence == sequence {
                if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isWhole = false }
                switch Int32(message.type) {
                case NLMSG_DONE, NLMSG_ERROR:
                    // A dump that fails midway says so where others say that they are done.
                    let number = Self.errorNumber(of: message)
                    guard number == 0 else {
                        throw KernelError(operation, errno: number, detail: Self.extendedText(of: message))
                    }
                    return isWhole ? objects : nil
                default: if message.type == response, let object = parse(message.payload) { objects.append(object) }
                }
            }
        }
    }
}
