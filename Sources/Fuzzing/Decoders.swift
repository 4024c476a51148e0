import Benchmarking
import BGP

/// Cases of single decoders. What one takes, and writes again, it has to take once more as the same.
enum Decoders {
    private static let opens = Mutation(Corpus.opens)
    private static let updates = Mutation(Corpus.updates)
    private static let notifications = Mutation(Corpus.notifications)
    private static let refreshes = Mutation(Corpus.refreshes)
    private static let all = Mutation(Corpus.all)

    private static func body(_ mutation: Mutation, _ random: inout SplitMix) -> ArraySlice<UInt8> {
        mutation.message(using: &random).dropFirst(MessageType.headerLength)
    }

    static func open(_ random: inout SplitMix) -> String? {
        guard let open = try? OpenMessage(decoding: body(opens, &random)) else { return nil }
        let again = try? OpenMessage(decoding: open.encoded.dropFirst(MessageType.headerLength))
        // capabilities that fill more than their parameter can hold are written in the long form
        guard again?.speakerAS == open.speakerAS, again?.families == open.families,
            again?.capabilities.count == open.capabilities.count
        else { return "an OPEN is not what it was once written and read again: \(open)" }
        return nil
    }

    static func update(_ random: inout SplitMix) -> String? {
        let context = UpdateContext(
            isInternal: Bool.random(using: &random), isFourOctet: Bool.random(using: &random),
            families: Bool.random(using: &random) ? [.ipv4Unicast] : [.ipv4Unicast, .ipv6Unicast], peerAS: 65000)
        let bytes = body(updates, &random)
        guard let report = try? UpdateReport(decoding: bytes, in: context) else { return nil }
        // each prefix takes a byte at least, each fault of an attribute three
        let count = report.announced.values.reduce(0, +) + report.withdrawn.values.reduce(0, +)
        if count > bytes.count { return "\(count) prefixes in \(bytes.count) bytes" }
        if report.faults.count > bytes.count + 3 { return "\(report.faults.count) faults in \(bytes.count) bytes" }
        return nil
    }

    static func notification(_ random: inout SplitMix) -> String? {
        guard let notification = try? NotificationMessage(decoding: body(notifications, &random)) else { return nil }
        let text = PeerFailure.received(notification).description
        // terminals and logs see it
        if text.unicodeScalars.contains(where: { $0.value < 32 || (127..<160).contains($0.value) }) {
            return "control characters reach people: \(text.debugDescription)"
        }
        if text.utf8.count > 20_000 { return "a text of \(text.utf8.count) bytes" }
        guard notification.data.count <= 4096 - 21 else { return nil }
        let again = try? NotificationMessage(decoding: notification.encoded.dropFirst(MessageType.headerLength))
        return again == notification ? nil : "a NOTIFICATION is not what it was once written and read again"
    }

    static func refresh(_ random: inout SplitMix) -> String? {
        guard let refresh = RouteRefreshMessage(decoding: body(refreshes, &random)) else { return nil }
        let again = RouteRefreshMessage(decoding: refresh.encoded.dropFirst(MessageType.headerLength))
        return again == refresh ? nil : "a ROUTE-REFRESH is not what it was once written and read again"
    }

    /// Messages in a row give the same frames in whatever pieces they come, and what waits is less than a message.
    static func framer(_ random: inout SplitMix) -> String? {
        var stream: [UInt8] = []
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            var message = all.message(using: &random)
            if Int.random(in: 0..<4, using: &random) > 0 { Mutation.mendLength(of: &message) }
            stream += message
        }
        let whole = frames(of: [stream])
        var pieces: [[UInt8]] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let length = Int.random(in: 1...min(rest.count, 300), using: &random)
            pieces.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        let cut = frames(of: pieces)
        if cut.frames != whole.frames || cut.error != whole.error { return "pieces change what is read" }
        return cut.mostPending <= 4096 + 300 ? nil : "\(cut.mostPending) bytes wait"
    }

    private struct Frames {
        var frames: [[UInt8]] = []
        var error: NotificationMessage?
        var mostPending = 0
    }

    private static func frames(of pieces: [[UInt8]]) -> Frames {
        var (framer, result) = (MessageFramer(), Frames())
        for piece in pieces {
            framer.append(piece)
            do throws(NotificationMessage) {
                while let frame = try framer.next() { result.frames.append([frame.type.rawValue] + frame.body) }
            } catch {
                result.error = error
                return result
            }
            result.mostPending = max(result.mostPending, framer.pendingCount)
        }
        return result
    }
}
