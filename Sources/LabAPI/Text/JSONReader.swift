package import KubernetesObjects

/// Reads JSON with the messages of Go's decoder, which clients of kube-apiserver see, and reports keys that occur twice.
///
/// Integers that fit 64 bits stay integers. Text that is no UTF-8 is repaired with U+FFFD, as Go does.
package struct JSONReader {
    /// Why a text is no JSON.
    package struct Failure: Error, Hashable {
        /// In Go's words: `unexpected end of JSON input`.
        package var message: String
        /// Bytes before the place.
        package var offset: Int
    }

    /// A value and what is odd about it.
    package struct Outcome {
        package var value: JSONValue
        /// The dotted names of keys that occur twice in their object; the last one won.
        package var duplicates: [String]
    }

    /// What an attacker may not exhaust the stack with.
    private static let maximumDepth = 256

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var path: [String] = []
    private var duplicates: [String] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one value of a text.
    package static func read(_ bytes: [UInt8]) throws(Failure) -> Outcome {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipSpace()
        if reader.position < bytes.count { throw reader.unexpected("after top-level value") }
        return Outcome(value: value, duplicates: reader.duplicates)
    }

    private mutating func value() throws(Failure) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw end }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { reader throws(Failure) in try reader.object() }
        case UInt8(ascii: "["): return try nested { reader throws(Failure) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected("looking for beginning of value")
        }
    }

    private mutating func nested(_ read: (inout JSONReader) throws(Failure) -> JSONValue) throws(Failure) -> JSONValue {
        depth += 1
        guard depth <= Self.maximumDepth else { throw Failure(message: "exceeded max depth", offset: position) }
        position += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(Failure) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard position < bytes.count else { throw end }
            guard bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("looking for beginning of object key string")
            }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw unexpected("after object key") }
            path.append(key)
            let value = try value()
            if members.updateValue(value, forKey: key) != nil { duplicates.append(dottedPath) }
            path.removeLast()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after object key:value pair") }
        }
    }

    private mutating func array() throws(Failure) -> JSONValue {
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            path.append("[\(elements.count)]")
            elements.append(try value())
            path.removeLast()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after array element") }
        }
    }

    private var dottedPath: String {
        path.reduce("") { $0.isEmpty || $1.hasPrefix("[") ? $0 + $1 : "\($0).\($1)" }
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
        for expected in word.utf8 {
            guard position < bytes.count else { throw end }
            guard bytes[position] == expected else {
                throw unexpected("in literal \(word) (expecting '\(Character(Unicode.Scalar(expected)))')")
            }
            position += 1
        }
        return value
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        var isInteger = true
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") { position += 1 } else { try digits("in numeric literal") }
        if peek == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits("after decimal point in numeric literal")
        }
        if let letter = peek, letter | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try digits("in exponent of numeric literal")
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else {
            throw Failure(message: "cannot unmarshal number \(text) into Go value of type float64", offset: start)
        }
        return .double(value)
    }

    private mutating func digits(_ place: String) throws(Failure) {
        guard let first = peek else { throw end }
        guard (48...57).contains(first) else { throw unexpected(place) }
        while let digit = peek, (48...57).contains(digit) { position += 1 }
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"),
            bytes[position] >= 0x20
        {
            position += 1
        }
        if peek == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        return try escapedString(after: Array(bytes[start..<position]))
    }

    private mutating func escapedString(after prefix: [UInt8]) throws(Failure) -> String {
        var text = prefix
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                text.append(contentsOf: try escape())
            case 0..<0x20: throw unexpected("in string literal")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw end
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let letter = peek else { throw end }
        let plain: UInt8
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = letter
        case UInt8(ascii: "b"): plain = 8
        case UInt8(ascii: "f"): plain = 12
        case UInt8(ascii: "n"): plain = 10
        case UInt8(ascii: "r"): plain = 13
        case UInt8(ascii: "t"): plain = 9
        case UInt8(ascii: "u"):
            position += 1
            return Array(String(Character(try unicodeEscape())).utf8)
        default: throw unexpected("in string escape code")
        }
        position += 1
        return [plain]
    }

    private mutating func unicodeEscape() throws(Failure) -> Unicode.Scalar {
        let high = try fourHexDigits()
        if (0xD800..<0xDC00).contains(high), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            let before = position
            position += 2
            let low = try fourHexDigits()
            if (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
            position = before
        }
        return Unicode.Scalar(high) ?? "\u{FFFD}"
    }

    private mutating func fourHexDigits() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let letter = peek else { throw end }
            guard let digit = Character(Unicode.Scalar(letter)).hexDigitValue, letter < 0x80 else {
                throw unexpected("in \\u hexadecimal character escape")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private var end: Failure { Failure(message: "unexpected end of JSON input", offset: bytes.count) }

    private func unexpected(_ place: String) -> Failure {
        guard let byte = peek else { return end }
        let shown =
            switch byte {
            case UInt8(ascii: "'"): "\\'"
            case UInt8(ascii: "\\"): "\\\\"
            case UInt8(ascii: "\n"): "\\n"
            case UInt8(ascii: "\r"): "\\r"
            case UInt8(ascii: "\t"): "\\t"
            case 0..<0x20, 0x7F: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            default: String(Character(Unicode.Scalar(byte)))
            }
        return Failure(message: "invalid character '\(shown)' \(place)", offset: position)
    }
}
