/// The text formats that a scraper may ask for.
package enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus text format 0.0.4, what every scraper reads.
    case prometheusText
    /// OpenMetrics 1.0 text.
    case openMetrics

    /// The value of the `Content-Type` header.
    package var contentType: String {
        switch self {
        case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Chooses by an `Accept` header (RFC 9110 12.5.1): OpenMetrics where it is named in version 1.0.0, or without a
    /// version, and preferred at least as much as plain text. Everything else gets plain text, since an answer in an
    /// unwanted format serves a person with curl better than 406.
    package init(accept: String) {
        var openMetrics = 0.0
        var text = 0.0
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map(Self.trimmed)
            guard let type = parts.first?.lowercased() else { continue }
            let quality = Self.parameter("q", of: parts).map { Double($0) ?? 0 } ?? 1
            switch type {
            case "application/openmetrics-text":
                let version = Self.parameter("version", of: parts)
                if version == nil || version == "1.0.0" { openMetrics = max(openMetrics, quality) }
            case "text/plain", "text/*":
                text = max(text, quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .prometheusText
    }

    private static func parameter(_ name: String, of parts: [Substring]) -> String? {
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "="), trimmed(part[..<equals]).lowercased() == name else { continue }
            return trimmed(part[part.index(after: equals)...]).filter { $0 != "\"" }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.firstIndex { $0 != " " && $0 != "\t" } ?? text.endIndex
        let end = text.lastIndex { $0 != " " && $0 != "\t" }.map { text.index(after: $0) } ?? start
        return text[start..<end]
    }
}
