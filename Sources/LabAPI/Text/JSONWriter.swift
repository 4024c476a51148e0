package import KubernetesObjects

/// Writes JSON as bytes: members in the order `kind`, `apiVersion`, `metadata`, then by name.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    /// Nil writes one line.
    private let indent: Int?
    private var level = 0

    /// `pretty` indents by two columns, as kube-apiserver does for people.
    package init(pretty: Bool = false) { indent = pretty ? 2 : nil }

    /// One value on one line.
    package static func bytes(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.bytes
    }

    /// One value on one line, as text.
    package static func text(_ value: JSONValue) -> String { String(decoding: bytes(value), as: UTF8.self) }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let truth): append(truth ? "true" : "false")
        case .int(let number): append(String(number))
        case .double(let number): append(Self.text(number))
        case .string(let text): write(text)
        case .array(let elements):
            list(elements, from: "[", to: "]") { writer, element in writer.write(element) }
        case .object(let members):
            list(Self.inOrder(members), from: "{", to: "}") { writer, member in
                writer.write(member.key)
                writer.append(writer.indent == nil ? ":" : ": ")
                writer.write(member.value)
            }
        }
    }

    private mutating func list<Element>(
        _ elements: [Element], from open: String, to close: String, _ write: (inout JSONWriter, Element) -> Void
    ) {
        append(open)
        level += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            newLine()
            write(&self, element)
        }
        level -= 1
        if !elements.isEmpty { newLine() }
        append(close)
    }

    private mutating func newLine() {
        guard let indent else { return }
        append("\n")
        bytes.append(contentsOf: repeatElement(0x20, count: indent * level))
    }

    private static func inOrder(_ members: [String: JSONValue]) -> [(key: String, value: JSONValue)] {
        members.sorted { left, right in
            let (leftRank, rightRank) = (rank(left.key), rank(right.key))
            return leftRank == rightRank ? left.key < right.key : leftRank < rightRank
        }
    }

    private static func rank(_ key: String) -> Int {
        switch key {
        case "kind": 0
        case "apiVersion": 1
        case "metadata": 2
        default: 3
        }
    }

    /// As Go writes it: `1`, `1.5`, `1e+21`.
    private static func text(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return "\(number)"
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
