import Addresses
import CMNL
import Glibc

/// Reads and changes the kernel's network state: one object a thread or event loop, never shared.
///
/// Every call is a request and its answer, which the kernel gives while it takes the request: calls take microseconds
/// and do not wait for anything outside, but 10,000 changes are some 50 ms of the calling thread's time.
package final class KernelSession {
    let socket: NetlinkSocket
    let reader: LibnlReader
    var buffer = MessageBuffer(capacity: 32 * 1024)
    /// How many requests go into one datagram: measured, 64 to 512 cost the same.
    private let batchSize = 256

    /// Opens the sockets, in the namespace of the calling thread.
    package init() throws(KernelError) {
        socket = try NetlinkSocket()
        reader = try LibnlReader()
    }

    /// Makes the changes in order.
    ///
    /// A change that the kernel refuses does not keep the later ones from being made. Requests go out in batches with an
    /// acknowledgement asked of the last only; errors come for every message and are told apart by sequence number.
    /// - Returns: what the kernel refused, in order; empty if all is as wanted.
    /// - Throws: if requests or answers were lost, so that it is not known what was made: read the state anew.
    package func apply(_ changes: [KernelChange]) throws(KernelError) -> [KernelChangeFailure] {
        var failures: [KernelChangeFailure] = []
        var start = 0
        while start < changes.count {
            let end = min(start + batchSize, changes.count)
            failures += try apply(changes[start..<end])
            start = end
        }
        return try withoutOwnRoutes(failures, of: changes)
    }

    private func apply(_ batch: ArraySlice<KernelChange>) throws(KernelError) -> [KernelChangeFailure] {
        buffer.removeAll()
        let first = socket.nextSequence()
        var last = first
        for (position, change) in zip(batch.indices, batch) {
            if position != batch.startIndex { last = socket.nextSequence() }
            change.write(to: &buffer, sequence: last, acknowledged: position == batch.endIndex - 1)
        }
        try socket.send(buffer.bytes, for: "change the network state")
        var failures: [KernelChangeFailure] = []
        while true {
            for message in MessageReader(try socket.receive(for: "change the network state")) {
                guard message.type == UInt16(NLMSG_ERROR), message.sequence &- first <= last &- first else { continue }
                let position = batch.startIndex + Int(message.sequence &- first)
                let number = Self.errorNumber(of: message)
                if number != 0, !batch[position].harmless.contains(number) {
                    let error = KernelError(
                        batch[position].description, errno: number, detail: Self.extendedText(of: message))
                    failures.append(KernelChangeFailure(position: position, error: error))
                }
                if message.sequence == last { return failures }
            }
        }
    }

    /// Takes out of the failures the routes that exist because they are ours already. One with the same key that is not
    /// ours stays a failure: the kernel compares prefix and metric only.
    private func withoutOwnRoutes(
        _ failures: [KernelChangeFailure], of changes: [KernelChange]
    ) throws(KernelError) -> [KernelChangeFailure] {
        func existing(_ failure: KernelChangeFailure) -> Route? {
            guard failure.error.errno == EEXIST,
                case .addRoute(let address, let index, let source) = changes[failure.position]
            else { return nil }
            return Route(prefix: IPPrefix(host: address), outputIndex: index, preferredSource: source)
        }
        guard failures.contains(where: { existing($0) != nil }) else { return failures }
        let ours = Set(try routes())
        var rest: [KernelChangeFailure] = []
        for var failure in failures {
            if let route = existing(failure) {
                if ours.contains(route) { continue }
                failure.error.detail = "another route to this address is in the table"
            }
            rest.append(failure)
        }
        return rest
    }

    /// The error number of an NLMSG_ERROR or NLMSG_DONE, positive; 0 for an acknowledgement.
    static func errorNumber(of message: MessageReader.Message) -> Int32 {
        0 &- (message.payload.integer(Int32.self, at: 0) ?? 0)
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
}
