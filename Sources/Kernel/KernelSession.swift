import Addresses
import CMNL
import Glibc

/// Reads and changes the kernel's network state: one object a thread or event loop, never shared.
package final class KernelSession {
    private let socket: NetlinkSocket
    private let reader: LibnlReader
    private var buffer = MessageBuffer(capacity: 64 * 1024)
    /// How many requests go into one datagram: measured, 64 to 512 cost the same.
    private let batchSize = 256

    /// Opens the sockets, in the namespace of the calling thread.
    package init() throws(KernelError) {
        socket = try NetlinkSocket()
        reader = try LibnlReader()
    }

    // MARK: - Changes

    /// Makes the changes in order.
    ///
    /// A change that the kernel refuses does not keep the later ones from being made. Requests go out in batches with an
    /// acknowledgement asked of the last only; errors come for every message and are told apart by sequence number.
    /// - Returns: what the kernel refused, in order; empty if all is as wanted.
    package func apply(_ changes: [KernelChange]) throws(KernelError) -> [KernelChangeFailure] {
        var failures: [KernelChangeFailure] = []
        var start = 0
        while start < changes.count {
            let end = min(start + batchSize, changes.count)
            failures += try apply(changes[start..<end])
            start = end
        }
        return failures
    }

    private func apply(_ batch: ArraySlice<KernelChange>) throws(KernelError) -> [KernelChangeFailure] {
        buffer.removeAll()
        var first: UInt32 = 0
        var last: UInt32 = 0
        for (position, change) in zip(batch.indices, batch) {
            last = socket.nextSequence()
            if position == batch.startIndex { first = last }
            change.write(to: &buffer, sequence: last, acknowledged: position == batch.endIndex - 1)
        }
        try socket.send(buffer.bytes, for: "change the network state")
        var failures: [KernelChangeFailure] = []
        while true {
            for message in MessageReader(try socket.receive(for: "change the network state")) {
                guard message.type == UInt16(NLMSG_ERROR), message.sequence &- first <= last &- first else { continue }
                let position = batch.startIndex + Int(message.sequence &- first)
                let number = -(message.payload.integer(Int32.self, at: 0) ?? 0)
                if number != 0, !batch[position].harmless.contains(number) {
                    let error = KernelError(
                        batch[position].description, errno: number, detail: Self.extendedText(of: message))
                    failures.append(KernelChangeFailure(position: position, error: error))
                }
                if message.sequence == last { return failures }
            }
        }
    }

    /// The words of an extended acknowledgement (NLMSGERR_ATTR_MSG), which follow the echoed header.
    static func extendedText(of message: MessageReader.Message) -> String? {
        guard message.flags & UInt16(NLM_F_ACK_TLVS) != 0 else { return nil }
        // With NETLINK_CAP_ACK the header alone is echoed; without it, the whole request of that length.
        let echoed =
            message.flags & UInt16(NLM_F_CAPPED) != 0 ? 16 : Int(message.payload.integer(UInt32.self, at: 4) ?? 16)
        let attributes = AttributeReader(message.payload.dropFirst(4 + ((echoed + 3) & ~3)))
        return attributes.first { $0.type == UInt16(NLMSGERR_ATTR_MSG.rawValue) }?.value.cString
    }

    // MARK: - Dumps

    /// The routes that carry our protocol number, both families, in whatever table they are.
    package func routes() throws(KernelError) -> [Route] {
        var routes: [Route] = []
        for family in IPFamily.allCases {
            // A kernel without strict checking lists all routes: the protocol is looked at again here.
            routes += try dump("list routes", type: UInt16(RTM_GETROUTE), response: UInt16(RTM_NEWROUTE)) { buffer in
                buffer.put(family.number)
                for value in [0, 0, 0, UInt8(RT_TABLE_UNSPEC.rawValue), KernelOwner.protocolNumber, 0, 0] {
                    buffer.put(value)
                }
                buffer.put(UInt32(0))
            } parse: {
                Route(message: $0)
            }.filter { $0.protocolNumber == KernelOwner.protocolNumber }
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
                buffer.put(family.number)
                for value in [UInt8](repeating: 0, count: 9) { buffer.put(value) }
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

    /// Runs a dump to its end. One that other changes interrupted is started again, a few times, before it is an error: a
    /// short answer must never pass for a whole one.
    private func dump<Object>(
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
                case NLMSG_DONE: return isWhole ? objects : nil
                case NLMSG_ERROR:
                    let number = -(message.payload.integer(Int32.self, at: 0) ?? 0)
                    throw KernelError(operation, errno: number, detail: Self.extendedText(of: message))
                default: if message.type == response, let object = parse(message.payload) { objects.append(object) }
                }
            }
        }
    }
}
