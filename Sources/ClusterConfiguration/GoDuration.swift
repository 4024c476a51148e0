/// Durations as Go writes them, which is how Kubernetes resources hold them: `90s`, `1m30s`, `1.5h`, `-2ms`.
package enum GoDuration {
    /// The duration that a text stands for, or nil: numbers with units from `ns` to `h`, or `0` (Go, `time.ParseDuration`).
    package static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return .zero }
        if rest.isEmpty { return nil }
        // In nanoseconds; Go has 64 bits, which a sum of products in 128 bits cannot leave unseen.
        var total: Int128 = 0
        while !rest.isEmpty {
            guard let (value, scale) = number(&rest), let unit = unit(&rest) else { return nil }
            total += value * unit / scale
            guard total <= Int128(Int64.max) else { return nil }
        }
        return .nanoseconds(Int64(isNegative ? -total : total))
    }

    /// A duration in Go's form: `1m30s`.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if seconds < 0 || attoseconds < 0 { return "-" + text(.zero - duration) }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        var secondsText = String(seconds % 60)
        if attoseconds > 0 {
            var fraction = String(attoseconds / 1_000_000_000)
            fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
            while fraction.hasSuffix("0") { fraction.removeLast() }
            if !fraction.isEmpty { secondsText += "." + fraction }
        }
        return (hours > 0 ? "\(hours)h" : "") + (hours > 0 || minutes > 0 ? "\(minutes)m" : "") + secondsText + "s"
    }

    /// Digits with at most one point: the number without it, and by what power of ten the point divides.
    private static func number(_ rest: inout Substring) -> (value: Int128, scale: Int128)? {
        var value: Int128 = 0
        var scale: Int128 = 1
        var digits = 0
        var hasPoint = false
        while let byte = rest.utf8.first {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if let digit = byte.decimalDigit {
                digits += 1
                // Beyond 18 digits a fraction does not matter, and a number is too large.
                if digits > 18 {
                    if !hasPoint { return nil }
                } else {
                    value = value * 10 + digit
                    if hasPoint { scale *= 10 }
                }
            } else {
                break
            }
            rest.removeFirst()
        }
        return digits == 0 ? nil : (value, scale)
    }

    private static func unit(_ rest: inout Substring) -> Int128? {
        let name = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
        let unit: Int128? =
            switch name {
            case "ns": 1
            case "us", "µs", "μs": 1_000
            case "ms": 1_000_000
            case "s": 1_000_000_000
            case "m": 60_000_000_000
            case "h": 3_600_000_000_000
            default: nil
            }
        rest = rest[name.endIndex...]
        return unit
    }
}

extension UInt8 {
    fileprivate var decimalDigit: Int128? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int128(self - UInt8(ascii: "0")) : nil
    }
}
