/// One figure of a benchmark beside its peer's and the bar that it has to hold.
package struct BenchRow: Sendable, Hashable {
    /// What was done, such as `median 100000`.
    package var name: String
    /// The unit of all figures, such as `us`.
    package var unit: String
    /// Ours, a median.
    package var toono: Double
    /// Who else did the same in the same run; nil if nobody can.
    package var peer: String?
    package var peerValue: Double?
    /// The most that `toono` may be.
    package var bar: Double

    package init(
        _ name: String, unit: String, toono: Double, peer: (name: String, value: Double)? = nil, bar: Double
    ) {
        self.name = name
        self.unit = unit
        self.toono = toono
        self.peer = peer?.name
        peerValue = peer?.value
        self.bar = bar
    }

    /// True if the bar holds.
    package var isOK: Bool { toono <= bar }

    /// One line, as `hack/bench` collects them.
    package var json: String {
        let members = [
            "\"case\":\(Self.quoted(name))", "\"unit\":\(Self.quoted(unit))", "\"toono\":\(Self.rounded(toono))",
            "\"peer\":\(peer.map(Self.quoted) ?? "null")", "\"peerValue\":\(peerValue.map(Self.rounded) ?? "null")",
            "\"bar\":\(Self.rounded(bar))", "\"ok\":\(isOK)",
        ]
        return "{\(members.joined(separator: ","))}"
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// To hundredths: nothing here is measured better.
    private static func rounded(_ value: Double) -> String {
        let value = (value * 100).rounded() / 100
        return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }
}
